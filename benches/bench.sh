#!/usr/bin/env bash
# Measures the project's work beside PyTorch's, one after the other in turn, and prints a table of medians and ratios. Keep the
# machine idle meanwhile: about half an hour, most of it PyTorch's.
#
#   IMDBSH         the program              (target/release/imdbsh)
#   IMDBSH_PYTHON  a Python with torch      (python3; without torch, this side alone is measured)
#   IMDBSH_DATA    where aclImdb/ and glove.6B.100d.txt are (without it, rows that need them are left out)
#   ROUNDS         of each                  (5)
#   STEPS          how many of an epoch's 31 batches PyTorch trains on, for all of them (8)
#   WORKS          which rows               (all)
#   BENCH          a folder for the figures (a temporary one); what it holds already counts
set -euo pipefail
cd "$(dirname "$0")/.."
imdbsh=${IMDBSH:-target/release/imdbsh}
python=${IMDBSH_PYTHON:-python3}
rounds=${ROUNDS:-5}
works=${WORKS:-lab lab_flushed packed scoring text glove glove_cached handwritten job interpreter growth bert bert_dynamic bert_bf16}
if [ -z "${BENCH:-}" ]; then
    BENCH=$(mktemp -d)
    trap 'rm -rf "$BENCH"' EXIT
fi
mkdir -p "$BENCH"
figures=$BENCH/figures.jsonl

peer=1
if ! "$python" -c 'import torch, numpy' 2> "$BENCH/python.log"; then
    echo "$python has no torch (IMDBSH_PYTHON names another): only imdbsh is measured." >&2
    peer=
fi
data=1
if [ ! -d "${IMDBSH_DATA:-}/aclImdb" ] || [ ! -f "${IMDBSH_DATA:-}/glove.6B.100d.txt" ]; then
    echo "IMDBSH_DATA names no folder with aclImdb/ and glove.6B.100d.txt: text, GloVe and growth are left out." >&2
    data=
fi

ours() { "$imdbsh" --allow-write "$BENCH" benches/work.rhai "folder=$BENCH" "work=$1" "${@:2}" >> "$figures"; }
theirs() { [ -z "$peer" ] || "$python" benches/pytorch.py "$1" "$BENCH" >> "$figures"; }
say() { echo "$(date +%T) $*" >&2; }

"$imdbsh" --allow-write "$BENCH" benches/work.rhai work=inputs "folder=$BENCH"
for work in $works; do
    case $work in text | glove | glove_cached | growth | bert*) [ -n "$data" ] || continue ;; esac
    if [ "$work" = growth ]; then
        for reviews in 2000 5000 10000 25000; do
            say "growth: $reviews reviews"
            ours growth "reviews=$reviews"
        done
        continue
    fi
    for round in $(seq "$rounds"); do
        say "$work, round $round of $rounds"
        case $work in
            lab_flushed | bert_dynamic) theirs "$work" ;;   # beside the same epoch of ours
            bert_bf16) ours bert_bf16 ;;
            interpreter) ours interpreter ;;                # PyTorch has none
            glove)
                rm -rf "$BENCH/cache"
                XDG_CACHE_HOME=$BENCH/cache ours glove
                theirs glove
                ;;
            glove_cached) XDG_CACHE_HOME=$BENCH/cache ours glove_cached ;;
            *)
                ours "$work"
                theirs "$work"
                ;;
        esac
    done
done
"$imdbsh" --allow-read "$BENCH" benches/table.rhai "figures=$figures"
