#!/usr/bin/env bash
# Runs every row of the lab (or those that are named: tools/lab.sh E5 E10), then makes docs/results.md. What has run to its end
# is not run again, so that it can be stopped and started at any time.
#
#   IMDBSH   the program       (target/release/imdbsh)
#   RUNS     the run folders   (runs/lab)
#   KEPT     what the page is made of: each run's config and metrics   (docs/results/runs); remove one to run it again
#   PAGE     the page          (docs/results.md)
#   THREADS  of each run       (one per core)
#   OPTIONS  for every script, such as `train=200 epochs=2` for a try
set -euo pipefail
cd "$(dirname "$0")/.."
imdbsh=${IMDBSH:-target/release/imdbsh}
runs=${RUNS:-runs/lab}
kept=${KEPT:-docs/results/runs}
threads=${THREADS:+--threads $THREADS}
rows=$(IFS=,; echo "$*")

# Keeps the figures of a run, without its weights.
keep() {
    mkdir -p "$kept/$1"
    # Where the script lay on this machine is nobody's business.
    sed '/^ *"file": /d' "$runs/$1/config.json" > "$kept/$1/config.json"
    cp "$runs/$1/metrics.jsonl" "$kept/$1/"
    [ ! -f "$runs/$1/last_test.json" ] || cp "$runs/$1/last_test.json" "$kept/$1/"
}

# Whether a run has as many epochs as were asked of it.
complete() {
    [ -f "$1/config.json" ] && [ -f "$1/metrics.jsonl" ] || return 1
    local asked
    asked=$(sed -n '/"training"/,$ s/^ *"epochs": \([0-9]*\),*$/\1/p' "$1/config.json" | head -n 1)
    [ "$(wc -l < "$1/metrics.jsonl")" -ge "$asked" ]
}

jobs=$("$imdbsh" tools/jobs.rhai ${rows:+rows=$rows})
mkdir -p "$runs"
failed=0
while read -r name script options; do
    folder=$runs/$name
    if complete "$folder" || complete "$kept/$name"; then
        echo "$name is there"
        continue
    fi
    rm -rf "$folder"
    echo "$name: $script $options"
    # shellcheck disable=SC2086  # several options each
    "$imdbsh" $threads --run-dir "$folder" "$script" $options ${OPTIONS:-} < /dev/null > "$runs/$name.log" 2>&1 || {
        code=$?
        tail -n 5 "$runs/$name.log" >&2
        [ $code -ne 130 ] || exit 130
        echo "$name failed ($code): $runs/$name.log" >&2
        failed=1
        continue
    }
    tail -n 2 "$runs/$name.log"
done <<< "$jobs"

# The lab's last test, where all of aclImdb is at hand.
last='neg[5000:6000] + pos[2500:3500]'
for folder in "$runs"/E5*-seed[0-9] "$runs"/E11-ours-seed[0-9] "$runs"/best-seed[0-9] "$runs"/B5-seed[0-9] "$runs"/bert-best-seed[0-9]; do
    if complete "$folder" && [ ! -f "$folder/last_test.json" ]; then
        # shellcheck disable=SC2086
        "$imdbsh" $threads --allow-write "$runs" scripts/test.rhai "model=$folder" data=aclImdb "test=$last" "save=$folder/last_test.json" \
            > "$folder.last_test.log" 2>&1 || echo "no last test of $folder: $folder.last_test.log"
    fi
done
for folder in "$runs"/*-seed[0-9]; do
    if complete "$folder"; then keep "$(basename "$folder")"; fi
done
page=${PAGE:-docs/results.md}
mkdir -p "$kept"
"$imdbsh" --allow-read "$kept" --allow-write "$(dirname "$page")" tools/results.rhai "runs=$kept" "page=$page"
exit $failed
