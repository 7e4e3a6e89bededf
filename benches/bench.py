"""Measures the project's work beside PyTorch's, one after the other in turn, and notes each figure. `make bench` runs it.

    BENCH=DIR python3 benches/bench.py      fills DIR/figures.jsonl; what it holds already is not measured again

Three ways: `idle` (all threads, nothing else at work), `one` (one thread), `busy` (all threads, beside one process that keeps a core
busy). Keep the machine idle meanwhile. Set by variables of the environment:

    IMDBSH         the program              (target/release/imdbsh)
    IMDBSH_PYTHON  a Python with torch      (python3; without torch, this side alone is measured)
    IMDBSH_DATA    where aclImdb/ and glove.6B.100d.txt are (without it, rows that need them are left out)
    ROUNDS         of each                  (5)
    STEPS          how many of an epoch's 31 batches PyTorch trains on, for all of them (8)
    MODES, WORKS   which ways, and which rows; spaces between them  (all)
    KEEP           keeps the figures as docs/performance/KEEP.jsonl, of which docs/performance.md is made
"""
import collections, json, os, platform, resource, shutil, subprocess, sys, tempfile, time
from pathlib import Path

os.chdir(Path(__file__).parent.parent)
ENV = os.environ
IMDBSH = ENV.get("IMDBSH", "target/release/imdbsh")
PYTHON = ENV.get("IMDBSH_PYTHON", "python3")
DATA = ENV.get("IMDBSH_DATA", "")
ROUNDS = int(ENV.get("ROUNDS", "5"))
MODES = ENV.get("MODES", "idle one busy").split()

# Each work: the ways in which this project does it, and those in which PyTorch does, as it is and with subnormal floats flushed to zero.
ALL, IDLE, ALONE = "idle one busy", "idle", "idle one"
WORKS = {
    "limit": (ALONE, "", ""),
    "lab": (ALL, ALONE, ALL),
    "packed": (ALL, IDLE, IDLE),
    "scoring": (ALL, ALONE, ALL),
    "handwritten": (ALL, ALL, IDLE),
    "job": (ALL, IDLE, ""),
    "job_twice": (IDLE, "", ""),        # what it takes more than `job` is a second epoch's
    "text": (IDLE, IDLE, ""),
    "glove": (IDLE, IDLE, ""),
    "glove_cached": (IDLE, "", ""),
    "interpreter": (IDLE, "", ""),
    "growth_2000": ("idle busy", "", ""),
    "growth_5000": (IDLE, "", ""),
    "growth_10000": (IDLE, "", ""),
    "growth_25000": ("idle busy", "", ""),
    "bert": (ALONE, IDLE, ""),
    "bert_dynamic": ("", IDLE, ""),     # beside `bert` of ours
    "bert_bf16": (IDLE, "", ""),
}
ONCE = {"growth_5000", "growth_10000", "growth_25000"}
NEED_DATA = ("text", "glove", "growth", "bert")


def say(text):
    print(time.strftime("%T"), text, file=sys.stderr, flush=True)


def machine():
    """The processor, its cores that may be used, and its widest vectors."""
    name, flags = platform.processor() or platform.machine(), ""
    try:
        for line in open("/proc/cpuinfo"):
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            elif key.strip() == "flags":
                flags = value.split()
    except OSError:
        pass
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    vectors = next((said for flag, said in [("avx512f", "AVX-512"), ("avx2", "AVX2")] if flag in flags), None)
    return {"processor": name, "cores": cores, "vectors": vectors, "bf16": any(f in flags for f in ("avx512_bf16", "amx_bf16"))}


class Bench:
    def __init__(self, folder):
        self.folder, self.figures = folder, folder / "figures.jsonl"
        self.peer = self.has("import torch, numpy")
        if not self.peer:
            say(f"{PYTHON} has no torch (IMDBSH_PYTHON names another): only imdbsh is measured")
        self.transformers = self.peer and self.has("import transformers")
        if self.peer and not self.transformers:
            say(f"{PYTHON} has no transformers: PyTorch's side of BERT is left out")
        self.data = all(os.path.exists(f"{DATA}/{name}") for name in ("aclImdb", "glove.6B.100d.txt"))
        if not self.data:
            say("IMDBSH_DATA names no folder with aclImdb/ and glove.6B.100d.txt: text, GloVe, growth and BERT are left out")
        self.done = collections.Counter()
        if self.figures.exists():
            for line in open(self.figures):
                row = json.loads(line)
                self.done[row["work"], row["side"], row["mode"]] += 1
        else:
            self.note({"work": "machine", "side": "", "mode": "", **machine()})

    def has(self, code):
        return subprocess.run([PYTHON, "-c", code], stderr=subprocess.DEVNULL).returncode == 0

    def note(self, row):
        with open(self.figures, "a") as file:
            file.write(json.dumps(row) + "\n")

    def measure(self, command, mode, round, env=None):
        """Runs a command that prints one JSON object, and notes it with what the system says that it took."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**ENV, **(env or {})})
        if ran.returncode != 0:
            sys.exit(f"bench: {' '.join(map(str, command))} failed with {ran.returncode}; what was measured so far stands in {self.figures}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        row = json.loads(ran.stdout.strip().splitlines()[-1])
        took = {"user": after.ru_utime - before.ru_utime, "system": after.ru_stime - before.ru_stime, "faults": after.ru_minflt - before.ru_minflt}
        self.note({**row, "mode": mode, "round": round, **took})

    def ours(self, work, mode, round):
        if not (self.folder / "inputs.safetensors").exists():
            self.inputs()
        threads = ["--threads", "1"] if mode == "one" else []
        work, _, reviews = work.partition("_") if work.startswith("growth_") else (work, "", "")
        options = [f"work={work}", f"folder={self.folder}"] + ([f"reviews={reviews}"] if reviews else [])
        env = {}
        if work.startswith("glove"):        # a cache of its own, empty but for `glove_cached`
            cache = self.folder / "cache"
            if work == "glove":
                shutil.rmtree(cache, ignore_errors=True)
            env = {"XDG_CACHE_HOME": str(cache)}
        self.measure([IMDBSH, *threads, "--allow-write", self.folder, "benches/work.rhai", *options], mode, round, env)

    def theirs(self, work, mode, round, flush):
        env = {"THREADS": "1" if mode == "one" else "", "FLUSH": "1" if flush else ""}
        self.measure([PYTHON, "benches/pytorch.py", work, self.folder], mode, round, env)

    def inputs(self):
        run = [IMDBSH, "--allow-write", self.folder, "benches/work.rhai", "work=inputs", f"folder={self.folder}"]
        subprocess.run(run, check=True)

    def run(self, mode, work):
        ours, theirs, flushed = WORKS[work]
        for round in range(1 if work in ONCE else ROUNDS):
            sides = [("imdbsh", mode in ours.split()), ("pytorch", mode in theirs.split()), ("flushed", mode in flushed.split())]
            for side, is_done in sides:
                if not is_done or self.done[work, side, mode] > round:
                    continue
                if side != "imdbsh" and not (self.transformers if work.startswith("bert") else self.peer):
                    continue
                say(f"{mode}: {work}, {side}, round {round + 1}")
                if side == "imdbsh":
                    self.ours(work, mode, round)
                else:
                    self.theirs(work, mode, round, side == "flushed")

    def all(self):
        asked = ENV.get("WORKS", " ".join(WORKS)).split()
        unknown = [name for name in asked if name not in WORKS] + [name for name in MODES if name not in ("idle", "one", "busy")]
        if unknown:
            sys.exit(f"bench: {', '.join(unknown)}: WORKS are {' '.join(WORKS)}, MODES are idle one busy")
        works = [work for work in asked if self.data or not work.startswith(NEED_DATA)]
        if "bert_bf16" in works and "WORKS" not in ENV and not machine()["bf16"]:
            say("this processor has no bfloat16 products: bert_bf16 is left out (WORKS=bert_bf16 measures it)")
            works.remove("bert_bf16")
        for mode in MODES:
            other = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if mode == "busy" else None
            try:
                for work in works:
                    self.run(mode, work)
            finally:
                if other:
                    other.kill()
                    other.wait()


def main():
    kept = ENV.get("BENCH")
    folder = Path(kept or tempfile.mkdtemp()).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        bench = Bench(folder)
        bench.all()
        kept_as, read = ENV.get("KEEP"), ["--allow-read", folder]
        subprocess.run([IMDBSH, *read, "benches/page.rhai", f"figures={bench.figures}"], check=True)
        if kept_as:
            os.makedirs("docs/performance", exist_ok=True)
            shutil.copy(bench.figures, f"docs/performance/{kept_as}.jsonl")
            subprocess.run([IMDBSH, "benches/page.rhai", "page=docs/performance.md"], check=True)
    finally:
        if not kept:
            shutil.rmtree(folder)


main()
