#!/usr/bin/env python3
"""How fast tables are read, beside pandas: 500,000 short rows, and 300 MB of reviews, as CSV and as Parquet.

    IMDBSH=target/release/imdbsh python3 benches/tables.py [FOLDER]

Needs pandas and pyarrow. Makes the tables in FOLDER (a temporary one without it) once; prints medians of five and the most
memory that a program held. `python3 benches/tables.py make ROWS WORDS FILE` makes one table of such rows, of any size."""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
VOCABULARY = 50_000
SPLIT = """let s = read_sets(#{{ data: "{file}", test: 0 }});
let words = s.train.texts.split(); let v = vocabulary(words); print(v.encode(words, 400).len());"""
PANDAS = """import pandas as pd
table = pd.read_{kind}("{file}"{columns})
words = table["text"].str.split()
print(len(words))"""


def make(rows, words, file):
    """Rows of a label and about so many words, which are drawn as words of a language are: few of them often, most seldom."""
    draw = random.Random(0)
    names = ["".join(draw.choice("abcdefghijklmnoprstuvw") for _ in range(draw.randint(2, 9))) for _ in range(VOCABULARY)]
    weights = [1 / (i + 10) for i in range(VOCABULARY)]
    pool = draw.choices(names, weights, k=1_000_000)
    with open(file, "w") as out:
        out.write("id,label,text\n")
        for row in range(rows):
            count = max(1, round(draw.gauss(words, words / 4)))
            at = draw.randrange(len(pool) - count)
            text = " ".join(pool[at : at + count])
            # Every fourth is quoted, with what makes it so.
            text = '"' + text + ', said ""he"""' if row % 4 == 0 else text
            out.write(f"{row},{('neg', 'pos')[row % 2]},{text}\n")


def timed(command, folder):
    """Seconds, and the most bytes held."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed: {error}")
    return time.perf_counter() - start, used.ru_maxrss * 1024


def main():
    if sys.argv[1:2] == ["make"]:
        return make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    folder = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    imdbsh = os.path.abspath(os.environ.get("IMDBSH", "target/release/imdbsh"))
    for name, rows, words in [("short", 500_000, 7), ("long", 230_000, 220)]:
        csv, parquet = (os.path.join(folder, f"{name}.{ending}") for ending in ("csv", "parquet"))
        if not os.path.exists(csv):
            make(rows, words, csv)
        if not os.path.exists(parquet):
            # In a program of its own: a child's peak of memory begins with what its parent holds.
            convert = "import pandas, sys; pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2], index=False)"
            subprocess.run([sys.executable, "-c", convert, csv, parquet], check=True)
        # A script reads below the folder in which it runs.
        for kind, file in [("csv", f"{name}.csv"), ("parquet", f"{name}.parquet")]:
            columns = '' if kind == "csv" else ', columns=["label", "text"]'
            programs = {
                "imdbsh": [imdbsh, "-e", SPLIT.format(file=file)],
                "pandas": [sys.executable, "-c", PANDAS.format(kind=kind, file=file, columns=columns)],
            }
            took = {who: [] for who in programs}
            for _ in range(ROUNDS):
                for who, command in programs.items():
                    took[who].append(timed(command, folder))
            size = os.path.getsize(os.path.join(folder, file)) / 1e6
            told = [
                f"{who} {statistics.median(s for s, _ in runs):.2f} s, {max(held for _, held in runs) / 1e6:.0f} MB"
                for who, runs in took.items()
            ]
            print(f"{name}.{kind} ({size:.0f} MB): {'; '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
