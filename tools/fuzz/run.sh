#!/usr/bin/env bash
# Tries the program's parsers with inputs that are guided by coverage (libFuzzer with the address sanitizer). Each target goes on from the inputs that
# it has found so far, and ends at the first finding, which is kept as a file.
#
#   RUNS      inputs of each target                             (1,000,000)
#   TARGETS   which ones, by the names of the files in targets/ (all)
#   CORPUS    what was found so far, a folder a target          (tools/fuzz/target/corpus)
#   LOG       a line for each target that has been run          (none: they are only shown)
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v cargo-fuzz >/dev/null || { echo "cargo-fuzz is missing: cargo install cargo-fuzz" >&2; exit 1; }
runs=${RUNS:-1000000}
corpus=$(realpath -m "${CORPUS:-tools/fuzz/target/corpus}")
log=$(realpath -m "${LOG:-/dev/null}")
all=$(cd tools/fuzz/targets && echo *.rs)
export LD_LIBRARY_PATH=$(realpath "${LIBTORCH:-libtorch}")/lib
export LIBTORCH=${LD_LIBRARY_PATH%/lib}

# The versions that the program has.
cp Cargo.lock tools/fuzz/Cargo.lock
# The sanitizer's option is one of the nightly compiler's; the stable one has it too, and the program is built with that.
RUSTC_BOOTSTRAP=1 cargo fuzz build --fuzz-dir tools/fuzz --no-cfg-fuzzing

folder=$(mktemp -d -p "$([ -d /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$folder"' EXIT
export TMPDIR=$folder OMP_NUM_THREADS=1
# Where a block was taken is not kept: that would be most of the work. Leaks are looked for by stopping the process, which not every system allows.
export ASAN_OPTIONS=malloc_context_size=1:quarantine_size_mb=16:detect_stack_use_after_return=0:detect_leaks=0
# The program gives its interpreter half a gigabyte and more; the sanitizer's frames are larger than its own.
ulimit -s 65536
python3 tools/fuzz/seeds.py "$folder/seeds"
host=$(rustc -vV | sed -n 's/^host: //p')
wrong=0
for target in ${TARGETS:-${all//.rs/}}; do
    mkdir -p "$corpus/$target"
    dictionary=$(realpath -e "tools/fuzz/dictionaries/$target.dict" 2>/dev/null || true)
    began=$SECONDS
    # In RSS there are, beside the 64 MB that the program is allowed, itself, the sanitizer's shadow and libFuzzer's own.
    if "tools/fuzz/target/$host/release/$target" "$corpus/$target" "$folder/seeds/$target" \
        -runs="$runs" -max_len=4096 -timeout=5 -malloc_limit_mb=96 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
        ${dictionary:+-dict="$dictionary"} -artifact_prefix="$corpus/$target-" >"$folder/said" 2>&1; then
        found=nothing
    else
        found="$(tail -n 40 "$folder/said" | grep -m 1 -E 'ERROR|SUMMARY' || tail -n 1 "$folder/said")"
        tail -n 60 "$folder/said" >&2
        wrong=1
    fi
    stat() { sed -n "s/^stat::$1: *//p" "$folder/said"; }
    echo "$target: $(stat number_of_executed_units) inputs in $((SECONDS - began)) s, $(ls "$corpus/$target" | wc -l) kept," \
        "at most $(stat peak_rss_mb) MB; found: $found" | tee -a "$log"
done
exit $wrong
