"""Makes tests/data/runs: run folders that were stopped in the middle, and what they came to when the same program resumed them.

    python tests/data/make_runs.py IMDBSH       # they were made by the program of commit 853287a

A folder `NAME` holds `run`, as it was when the program was stopped; `expected`, the rows without their times and the weights after
`imdbsh resume run`; and, where the run can be scored, the figures of `scripts/test.rhai`. `made.json` says with which
arguments, and on which processor. Later programs must open these folders, and end where this one ended: see
tests/it/runs/frozen.rs. Make new ones only for what is new; the old ones stay as they are.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.path.join(ROOT, "tests", "data", "runs")
# The plainest instructions, so that other processors give the same numbers where they can.
PLAIN = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE", "ONEDNN_MAX_CPU_ISA": "SSE41"}

POINTS = """
let o = options(#{ epochs: 4, wait: 0.0, abort: 0, seed: 3 });
let x = randn([96, 6, 4]);
let y = (x.sum([1, 2]) > 0).to("int64");
let data = #{ train: dataset(x[0..64], y[0..64]), test: dataset(x[64..96], y[64..96]) };
let slow = |scores, labels| { sleep(o.wait); cross_entropy(scores, labels) };
"""
LSTM = 'let net = sequential([dropout(0.2), lstm(4, 5, #{ readout: "max" }), linear(5, 2)]);\n'

# Name: (script, arguments, arguments of the resumption, when to stop: a checkpoint or a line of stderr, and by which signal).
CASES = {
    "killed": (POINTS + LSTM + """
let result = train::fit(net, adam(net, #{ lr: 0.01 }), data, #{
    epochs: o.epochs, batch: 8, clip: 1.0, penalty: penalty::l2(1e-3), schedule: schedule::cosine(), loss: slow,
    checkpoint_minutes: 0,
});
runs::report(result);
""", ["wait=0.1"], ["wait=0"], "e0002-s000011", signal.SIGKILL),
    "interrupted": (POINTS + """
let net = sequential([bilstm(4, 5, #{ layers: 2, dropout: 0.1, readout: "last" }), dropout(0.2), linear(10, 2)]);
let optimizer = adamw([#{ params: net.parameters(), lr: 0.01, weight_decay: 0.1 }]);
let result = train::fit(net, optimizer, data, #{
    epochs: o.epochs, batch: 16, accumulate: 2, clip_value: 0.5, metrics: ["f1"], loss: slow,
    schedule: schedule::warmup(1.0, schedule::halve_every(1)),
});
runs::report(result);
""", ["wait=0.1"], ["wait=0"], "epoch 1/4", signal.SIGINT),
    "planned": (POINTS + LSTM + """
pause_at(5, ["optimizer.lr = 0.02", "o.penalty = penalty::l2(1e-2)"]);
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
pause_at(20, ["optimizer.lr = 0.005;", "t.o.clip = 0.5"]);
train::fit(net, adam(net, #{ lr: 0.01 }), data, #{ epochs: o.epochs, batch: 8, bucket: true, schedule: schedule::exponential(0.9) });
""", ["abort=13"], ["abort=0"], None, None),
    "nan": (POINTS + """
let net = sequential([lstm(4, 5, #{ readout: "mean" }), linear(5, 2)]);
let bad = |scores, labels| {
    sleep(o.wait);
    let loss = cross_entropy(scores, labels);
    if loss.item() > 1.0 { loss / 0.0 } else { loss }
};
train::fit(net, sgd(net, #{ lr: 2 }), data, #{ epochs: o.epochs, batch: 8, on_nan: "restore", loss: bad });
""", ["wait=0.1"], ["wait=0"], "epoch 2/4", signal.SIGINT),
    "early": (POINTS + """
let net = network(#{
    read: lstm(4, 5, #{ readout: "max" }), head: linear(5, 2),
    forward: |x| this.head.forward(this.read.forward(x).tanh()),
});
train::fit(net, sgd(net, #{ lr: 1.5, momentum: 0.9 }), data, #{
    epochs: o.epochs, batch: 8, loss: slow, stop: early_stopping::patience(6, "train_loss"),
    schedule: schedule::on_plateau(#{ patience: 0, metric: "train_loss" }), penalty: penalty::l1(1e-3),
});
""", ["epochs=8", "wait=0.1"], ["wait=0"], "epoch 3/8", signal.SIGTERM),
    "loop": ("""
let o = options(#{ epochs: 6, lr: 0.02, seed: 1, wait: 0.0 });
let x = randn([200, 2]);
let set = dataset(x, (x[[(), 0]] * x[[(), 1]] > 0).to("int64"));
let net = sequential([linear(2, 16), tanh(), dropout(0.1), linear(16, 2)]);
let optimizer = rmsprop(net, #{ lr: o.lr });
let rows = history();
let run = run_folder(#{}, #{ train: set });
let state = resume(run, #{ net: net, optimizer: optimizer, history: rows, epoch: 0 });
for epoch in state.epoch + 1..=o.epochs {
    let seen = meter();
    net.train();
    for batch in set.batches(#{ size: 50, shuffle: true, epoch: epoch }) {
        sleep(o.wait);
        optimizer.zero_grad();
        let scores = net.forward(batch);
        let loss = cross_entropy(scores, batch.labels);
        loss.backward();
        optimizer.step();
        seen.add(loss, scores, batch.labels);
    }
    rows.push(#{ epoch: epoch, train_loss: seen.read().loss });
    run.save_epoch(rows[-1], rows, net);
    state.epoch = epoch;
    checkpoint(run, state);
}
""", ["wait=0.1"], ["wait=0"], "checkpoint 3", signal.SIGKILL),
    "bert": ("scripts/bert.rhai", ["model=tiny_bert", "train=64", "test=32", "max_len=16", "depth=1", "width=8", "epochs=6", "lr=1e-3",
             "decay=0.9", "accumulate=2", "warmup=1.0", "clip=1.0"], [], "epoch 2/6", signal.SIGINT),
    "handwritten": ("scripts/handwritten_lstm.rhai", ["train=64", "test=32", "hidden=8", "max_len=40", "batch=16", "epochs=4"], [],
                    "epoch 2/4", signal.SIGKILL),
    "bilstm": ("scripts/bilstm_adam_l2.rhai", ["train=64", "test=32", "hidden=8", "max_len=40", "batch=16", "epochs=5"], [],
               "epoch 2/5", signal.SIGINT),
}
SCORED = ["bert", "handwritten", "bilstm"]


def processor():
    """What decides, beside the program, which bits come out."""
    lines = dict(line.split(":", 1) for line in open("/proc/cpuinfo").read().split("\n\n")[0].splitlines() if ":" in line)
    lines = {key.strip(): value.split() for key, value in lines.items()}
    return " ".join(lines["vendor_id"] + [flag for flag in ("avx2", "fma", "avx512f") if flag in lines["flags"]])


def checkpoints(place):
    try:
        return sorted(name[:-5] for name in os.listdir(os.path.join(place, "run", "checkpoints")) if name.endswith(".json"))
    except FileNotFoundError:
        return []


def stop(command, place, env, when, by):
    """Runs until the moment has come; a run without one stops by itself."""
    child = subprocess.Popen(command, cwd=place, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if when is None:
        _, err = child.communicate()
        return child.returncode, err.decode()
    seen = b""
    os.set_blocking(child.stderr.fileno(), False)
    while True:
        seen += child.stderr.read() or b""
        come = when.encode() in seen or when in checkpoints(place)
        if when.startswith("checkpoint "):
            come = len(checkpoints(place)) > 0 and open(os.path.join(place, "run", "metrics.jsonl")).read().count("\n") >= int(when.split()[1]) + 1
        if come:
            break
        assert child.poll() is None, f"it ended before {when}: {seen.decode()}"
        time.sleep(0.002)
    if when.startswith("epoch "):
        time.sleep(0.7)     # some steps further
    child.send_signal(by)
    child.wait()
    return child.returncode, (seen + (child.stderr.read() or b"")).decode()


def rows(run):
    kept = [json.loads(line) for line in open(os.path.join(run, "metrics.jsonl"))]
    return [{key: value for key, value in row.items() if not key.endswith("_seconds")} for row in kept]


def main():
    imdbsh = os.path.abspath(sys.argv[1])
    env = {key: value for key, value in os.environ.items() if key not in ("IMDBSH_PATH", "IMDBSH_DATA")} | PLAIN
    made = {}
    for name, (script, arguments, resumed, when, by) in CASES.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        with tempfile.TemporaryDirectory() as place:
            place = os.path.realpath(place)
            if script.endswith(".rhai"):
                script = open(os.path.join(ROOT, script)).read()
            with open(os.path.join(place, "s.rhai"), "w") as file:
                file.write(script)
            if name == "bert":
                shutil.copytree(os.path.join(ROOT, "tests", "data", "tiny_bert"), os.path.join(place, "tiny_bert"))
            out = os.path.join(OUT, name)
            shutil.rmtree(out, ignore_errors=True)
            begin = [imdbsh, "--threads", "1", "--run-dir", "run", "s.rhai"] + arguments
            code, err = stop(begin, place, env, when, by)
            shutil.copytree(os.path.join(place, "run"), os.path.join(out, "run"), ignore=shutil.ignore_patterns("*.png", "*.svg", ".lock"))
            print(f"{name}: exit code {code}, checkpoints {checkpoints(place)}")
            print("   ", "\n    ".join(err.strip().splitlines()[-4:]))
            config = os.path.join(out, "run", "config.json")
            text = open(config).read()
            with open(config, "w") as file:
                file.write(text.replace(place, "PLACE"))
            done = subprocess.run([imdbsh, "resume", "run"] + resumed, cwd=place, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            print("   ", "\n    ".join(done.stderr.strip().splitlines()))
            os.makedirs(os.path.join(out, "expected"))
            shutil.copy(os.path.join(place, "run", "model.safetensors"), os.path.join(out, "expected"))
            result = {"arguments": arguments, "resumed": resumed, "rows": rows(os.path.join(place, "run"))}
            goes_on = [line.replace(place, "PLACE") for line in done.stderr.splitlines() if " goes on from " in line]
            result["goes_on"] = goes_on
            if name in SCORED:
                score = [imdbsh, "--threads", "1", "--allow-read", ROOT, os.path.join(ROOT, "scripts", "test.rhai"), "model=run", "test=32", "save=figures.json"]
                done = subprocess.run(score, cwd=place, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
                assert done.returncode == 0, done.stderr
                result["figures"] = json.load(open(os.path.join(place, "figures.json")))
            with open(os.path.join(out, "expected", "outcome.json"), "w") as file:
                file.write(json.dumps(result, indent=1) + "\n")
    with open(os.path.join(OUT, "processor.txt"), "w") as file:
        file.write(processor() + "\n")


if __name__ == "__main__":
    main()
