#!/usr/bin/env bash
# Kills trainings with SIGKILL at random moments, inside the writing of a checkpoint too, and resumes each until it is done; then
# compares what it printed in the end, its rows (times apart) and its weights with those of one that was left alone. All ways of running a training take
# turns; one run of four meets something else on its way: a full disk, a closed terminal, a folder that is taken away.
#
#   IMDBSH   the program                                        (target/release/imdbsh)
#   RUNS     how many trainings                                 (400)
#   SEED     of the random moments                              (1)
#   LOG      a line for each training; those that stand in it are not done again    (none: a file that goes)
set -euo pipefail
cd "$(dirname "$0")/.."
imdbsh=$(realpath "${IMDBSH:-target/release/imdbsh}")
count=${RUNS:-400}
seed=${SEED:-1}
folder=$(mktemp -d)
mounted=""
trap '[ -z "$mounted" ] || umount "$folder/disk"; rm -rf "$folder"' EXIT
results=$(realpath -m "${LOG:-$folder/results}")
touch "$results"
cd "$folder"

# Dropout, a schedule, accumulation, clipping; a checkpoint at each step, but for what a kind changes.
cat > common <<'SCRIPT'
let o = options(#{ seed: 1 });
let x = randn([72, 10, 4]);
let y = (x.sum([1, 2]) > 0).to("int64");
let data = #{ train: dataset(x[0..48], y[0..48]), test: dataset(x[48..72], y[48..72]) };
let model = || sequential([bilstm(4, 16, #{ readout: "max" }), dropout(0.3), linear(32, 2)]);
let given = #{
    epochs: 4, batch: 8, accumulate: 2, clip: 1.0, penalty: penalty::l2(1e-3), progress: false,
    schedule: schedule::warmup(1.0, schedule::cosine()), checkpoint_minutes: 0,
};
let start = |more| { let net = model.call(); train::start(net, adam(net, #{ lr: 0.01 }), data, given + more) };
SCRIPT
kinds=(fit turns rate snapshot fork epochs pauses nan loop sweep sparse bucket)
code() {
    case $1 in
        fit) echo 'let t = start.call(#{}); t.run(); t.finish();' ;;
        turns) echo 'let t = start.call(#{}); t.run(2); t.run(); t.finish();' ;;
        rate) echo 'let t = start.call(#{}); t.run(1); t.optimizer.lr = t.optimizer.lr / 2; t.run(2); t.o.clip = 0.1; t.run(); t.finish();' ;;
        snapshot) echo 'let t = start.call(#{}); let a = snapshot(t); t.run(1); let loss = t.history[-1].train_loss; restore(t, a);
            t.o.penalty = penalty::l2(loss * 0.1); t.run(2); t.run(); t.finish();' ;;
        fork) echo 'let t = start.call(#{}); t.run(1); let b = fork(t); b.optimizer.lr = 0.02; b.run(1);
            if b.history[-1].train_loss < t.history[-1].train_loss { t.optimizer.lr = 0.02; } t.run(); t.finish(); print(b.history[-1].train_loss);' ;;
        epochs) echo 'let t = start.call(#{}); while t.history.len() < 4 { train::epoch(t); t.o.clip = 1.0 / t.history.len(); } t.finish();' ;;
        pauses) echo 'for at in [3, 6, 6, 13] { pause_at(at, ["optimizer.lr = optimizer.lr * 0.7"]); }
            let t = start.call(#{}); t.run(1); t.run(); t.finish();' ;;
        nan) echo 'let bad = |a, b| { let l = cross_entropy(a, b); if l.item() > 0.9 { l / 0.0 } else { l } };
            let net = model.call(); let t = train::start(net, sgd(net, #{ lr: 4 }), data, given + #{ accumulate: 1, on_nan: "restore", loss: bad, schedule: schedule::constant() });
            t.run(2); t.run(); t.finish();' ;;
        loop) echo 'let net = model.call(); let optimizer = adam(net, #{ lr: 0.01 }); let rows = history();
            let run = run_folder(#{}, data); let at = resume(run, #{ net: net, optimizer: optimizer, history: rows, epoch: 0 });
            for epoch in at.epoch + 1..=4 {
                let seen = meter(); net.train();
                for batch in data.train.batches(#{ size: 8, shuffle: true, epoch: epoch }) {
                    optimizer.zero_grad(); let scores = net.forward(batch); let loss = cross_entropy(scores, batch.labels);
                    loss.backward(); optimizer.step(); seen.add(loss, scores, batch.labels);
                }
                rows.push(#{ epoch: epoch, train_loss: seen.read().loss }); run.save_epoch(rows[-1], rows, net);
                at.epoch = epoch; checkpoint(run, at);
            }' ;;
        sweep) echo 'for clip in [1.0, 0.1] { let t = start.call(#{ clip: clip, epochs: 2 }); t.run(); t.finish(); }' ;;
        sparse) echo 'let t = start.call(#{ checkpoint: 3, checkpoint_minutes: 10 }); t.run(1); t.run(1); t.run(); t.finish();' ;;
        bucket) echo 'let words = imdb::load(#{ train: 48, test: 24, max_len: 30 });
            let net = sequential([lstm(words.width, 8, #{ readout: "max" }), dropout(0.3), linear(8, 2)]);
            train::fit(net, adam(net, #{ lr: 0.01 }), words, given + #{ bucket: true });' ;;
    esac
}
for kind in "${kinds[@]}"; do
    { cat common; code "$kind"; } > "$kind.rhai"
done

# What has to be the same: what was printed, the rows without their times, the weights, of all runs of the script.
outcome() {
    for run in "$1" "$1"-[0-9]; do
        [ -f "$run/config.json" ] || continue      # one that was killed as it began
        sed -E 's/,?"[a-z]+_seconds":[^,}]*//g' "$run/metrics.jsonl"
        sha256sum < "$run/model.safetensors"
    done
    cat "$2"
}

# The last run of the script that has begun, if any has.
begun() {
    for run in "$1"-{9..2} "$1"; do
        [ ! -f "$run/config.json" ] || { echo "$run"; return; }
    done
}

checkpoints() { find "$1" "$1"-[0-9] -path '*/checkpoints/*' 2> /dev/null | sort || true; }

# The same numbers again: those of this training alone.
RANDOM=$seed
for number in $(seq "$count"); do
    seeds[number]=$RANDOM
done

for number in $(seq "$count"); do
    ! grep -q "^$seed $number " "$results" || continue
    RANDOM=${seeds[number]}
    kind=${kinds[number % ${#kinds[@]}]}
    if [ ! -f "$kind.whole" ]; then
        "$imdbsh" --threads 1 --run-dir "$kind-alone" "$kind.rhai" > out 2> log || { cat log >&2; exit 1; }
        outcome "$kind-alone" out > "$kind.whole"
    fi
    what=none
    [ $((number % 4)) -ne 0 ] || what=$(printf '%s\n' disk terminal taken | sed -n "$((number / 4 % 3 + 1))p")
    run=run
    if [ $what = disk ]; then
        if mkdir -p disk && mount -t tmpfs -o size=1m tmpfs disk 2> /dev/null; then mounted=yes; run=disk/run; else what=none; fi
    fi
    kills=0 inside=0 done=no
    : > log
    while [ $done = no ]; do
        last=$(begun $run)
        if [ -n "$last" ]; then arguments="resume $last"; else arguments="--run-dir $run $kind.rhai"; fi
        # shellcheck disable=SC2086  # several words
        "$imdbsh" --threads 1 $arguments < /dev/null > out 2>> log &
        pid=$!
        # One of eight is killed as it starts; the others a moment after they have got on, so that there is an end.
        if [ $((RANDOM % 8)) -ne 0 ]; then
            before=$(checkpoints $run)
            while kill -0 $pid 2> /dev/null && [ "$(checkpoints $run)" = "$before" ]; do sleep 0.01; done
        fi
        signal=KILL
        if [ $what != none ] && [ $kills -eq 2 ]; then
            case $what in
                terminal) signal=HUP ;;
                taken) [ ! -d $run ] || mv $run "taken-$number" ;;
                disk) dd if=/dev/zero of=disk/ballast bs=64k 2> /dev/null || true ;;
            esac
        fi
        sleep "$(printf '0.%03d' $((RANDOM % 400)))"
        if kill -$signal $pid 2> /dev/null; then kills=$((kills + 1)); fi
        code=0
        wait $pid 2> /dev/null || code=$?
        rm -f disk/ballast
        if [ -d "taken-$number" ]; then     # back again, where nothing was made in its place
            if [ -f "$run/config.json" ]; then rm -rf "taken-$number"; else rm -rf $run; mv "taken-$number" $run; fi
        fi
        case $code in
            0) done=yes ;;
            137) [ "$(checkpoints $run | grep -c 'safetensors$')" -le "$(checkpoints $run | grep -c 'json$')" ] || inside=$((inside + 1)) ;;
            129) ;;
            1) [ $what = disk ] || { echo "run $number ($kind) ended with the exit code 1:" >&2; tail -n 20 log >&2; exit 1; } ;;
            *) echo "run $number ($kind) ended with the exit code $code:" >&2; tail -n 20 log >&2; exit 1 ;;
        esac
    done
    equal=no
    if cmp -s <(outcome $run out) "$kind.whole"; then equal=yes; else diff <(outcome $run out) "$kind.whole" >&2 || true; fi
    # seed, number, kind, what came between, equal, kills, inside of a checkpoint, unreadable checkpoints
    echo "$seed $number $kind $what $equal $kills $inside $(grep -c 'is damaged' log || true)" | tee -a "$results"
    rm -rf run run-[0-9]
    [ -z "$mounted" ] || { umount disk; mounted=""; }
done

awk -v seed="$seed" -v count="$count" '
    $1 == seed && $2 <= count { runs++; equal += $5 == "yes"; between += $4 != "none"; kills += $6; inside += $7; unreadable += $8 }
    END {
        printf "%d of %d runs ended bit-equal, after %d kills, %d of them between the two files of a checkpoint, %d runs with a full disk, ", equal, runs, kills, inside, between
        printf "a closed terminal or a folder taken away in between; %d unreadable checkpoints\n", unreadable
        exit !(equal == runs && unreadable == 0)
    }' "$results"
