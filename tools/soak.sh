#!/usr/bin/env bash
# Kills trainings with SIGKILL at random moments, inside the writing of a checkpoint too, and resumes each until it is done; then
# compares its rows (times apart) and its weights with those of a training that was left alone.
#
#   IMDBSH   the program               (target/release/imdbsh)
#   RUNS     how many trainings        (200)
#   SEED     of the random moments     (1)
set -euo pipefail
cd "$(dirname "$0")/.."
imdbsh=$(realpath "${IMDBSH:-target/release/imdbsh}")
count=${RUNS:-200}
RANDOM=${SEED:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Dropout, buckets, a schedule, accumulation, clipping; a checkpoint at each step.
cat > soak.rhai <<'SCRIPT'
let o = options(#{ seed: 1 });
let x = randn([72, 10, 4]);
let y = (x.sum([1, 2]) > 0).to("int64");
let net = sequential([bilstm(4, 16, #{ readout: "max" }), dropout(0.3), linear(32, 2)]);
let data = #{ train: dataset(x[0..48], y[0..48]), test: dataset(x[48..72], y[48..72]) };
train::fit(net, adam(net, #{ lr: 0.01 }), data, #{
    epochs: 6, batch: 8, bucket: true, accumulate: 2, clip: 1.0, penalty: penalty::l2(1e-3),
    schedule: schedule::warmup(1.0, schedule::cosine()), checkpoint_minutes: 0,
});
SCRIPT

rows() {
    sed -E 's/,"[a-z]+_seconds":[^,}]*//g' "$1/metrics.jsonl"
}

"$imdbsh" --threads 1 --run-dir whole soak.rhai 2> log
equal=0 kills=0 inside=0
for run in $(seq "$count"); do
    while true; do
        if [ -f "run/config.json" ]; then
            arguments="resume run"
        else
            rm -rf run      # killed before it had begun
            arguments="--run-dir run soak.rhai"
        fi
        # shellcheck disable=SC2086  # several words
        "$imdbsh" --threads 1 $arguments < /dev/null > /dev/null 2>> log &
        pid=$!
        # One of eight is killed as it starts; the others a moment after they have got on, so that there is an end.
        if [ $((RANDOM % 8)) -ne 0 ]; then
            before=$(ls run/checkpoints 2> /dev/null || true)
            while kill -0 $pid 2> /dev/null && [ "$(ls run/checkpoints 2> /dev/null || true)" = "$before" ]; do sleep 0.005; done
        fi
        milliseconds=$((RANDOM % 800))
        sleep "$(printf '0.%03d' $milliseconds)"
        kill -KILL $pid 2> /dev/null && kills=$((kills + 1))
        code=0
        wait $pid 2> /dev/null || code=$?
        case $code in
            0) break ;;
            137) [ "$(ls run/checkpoints/*.safetensors 2> /dev/null | wc -l)" -le "$(ls run/checkpoints/*.json 2> /dev/null | wc -l)" ] || inside=$((inside + 1)) ;;
            *) echo "run $run ended with the exit code $code:" >&2; tail -n 20 log >&2; exit 1 ;;
        esac
    done
    if cmp -s <(rows run) <(rows whole) && cmp -s run/model.safetensors whole/model.safetensors; then
        equal=$((equal + 1))
    else
        echo "run $run is not equal" >&2
    fi
    rm -rf run
done
unreadable=$(grep -c 'is damaged' log || true)
echo "$equal of $count runs ended bit-equal, after $kills kills, $inside of them between the two files of a checkpoint; $unreadable unreadable checkpoints"
[ "$equal" -eq "$count" ] && [ "$unreadable" -eq 0 ]
