"""`imdbsh predict` beside transformers' pipeline(batch_size=32), from start to answer: 2,000 test reviews through MiniLM with a head of random weights, and one review.

    IMDBSH_PYTHON=ENV/bin/python python3 benches/predict.py

Needs IMDBSH_DATA with aclImdb and minilm. Both sides take turns; medians of ROUNDS (3). Run it on an otherwise idle machine. IMDBSH names the program, target/release/imdbsh.
"""
import csv, os, statistics, subprocess, sys, tempfile, time

DATA = os.environ["IMDBSH_DATA"]


def make(folder):
    from transformers import AutoTokenizer, BertForSequenceClassification

    BertForSequenceClassification.from_pretrained(f"{DATA}/minilm", num_labels=2).save_pretrained(f"{folder}/model")
    AutoTokenizer.from_pretrained(f"{DATA}/minilm", model_max_length=512).save_pretrained(f"{folder}/model")


def pipeline(folder):
    from transformers import pipeline

    texts = [row["text"] for row in csv.DictReader(open(f"{folder}/reviews.csv", encoding="utf-8", newline=""))]
    classify = pipeline("text-classification", model=f"{folder}/model", device="cpu", batch_size=32, truncation=True)
    with open(f"{folder}/pipeline.csv", "w") as out:
        for said in classify(texts):
            out.write(f"{said['label']},{said['score']}\n")


def seconds(command):
    started = time.time()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.time() - started


def agreement(folder):
    """Equal classes, and the largest difference of their probabilities."""
    theirs = [line.split(",") for line in open(f"{folder}/pipeline.csv")]
    ours = list(csv.DictReader(open(f"{folder}/imdbsh.csv", encoding="utf-8", newline="")))
    equal = sum(row["class"] == label for row, (label, _) in zip(ours, theirs))
    return equal, max(abs(float(row["p"]) - float(score)) for row, (_, score) in zip(ours, theirs))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    program = os.environ.get("IMDBSH", os.path.join(here, "../target/release/imdbsh"))
    python, rounds = os.environ.get("IMDBSH_PYTHON", "python3"), int(os.environ.get("ROUNDS", "3"))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, __file__, "--make", folder], check=True, capture_output=True)
        with open(f"{folder}/reviews.csv", "w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["text"])
            for label in ("neg", "pos"):
                place = f"{DATA}/aclImdb/test/{label}"
                names = sorted(os.listdir(place), key=lambda name: int(name.split("_")[0]))[:1000]
                rows.writerows([open(f"{place}/{name}", encoding="utf-8").read()] for name in names)
        ours, theirs, one = [], [], []
        for _ in range(rounds):
            ours.append(seconds([program, "predict", f"{folder}/model", "--data", f"{folder}/reviews.csv", "--out", f"{folder}/imdbsh.csv"]))
            theirs.append(seconds([python, __file__, "--pipeline", folder]))
            one.append(seconds([program, "predict", f"{folder}/model", "A wonderful, moving film."]))
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"2,000 reviews: imdbsh {a:.1f} s, pipeline {b:.1f} s: {b / a:.2f} times as fast; one review {statistics.median(one):.2f} s")
        equal, most = agreement(folder)
        print(f"{equal} classes of 2,000 are equal, probabilities differ by {most:.1e} at most")


if sys.argv[1:2] == ["--make"]:
    make(sys.argv[2])
elif sys.argv[1:2] == ["--pipeline"]:
    pipeline(sys.argv[2])
else:
    main()
