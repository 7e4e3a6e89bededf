"""Layers and encoders beside PyTorch and transformers, forward and backward, in float32:

    IMDBSH_PYTHON=ENV/bin/python python3 benches/layers.py [LAYER…]

Both sides take turns, a process each; a line for each layer gives the medians and PyTorch's time over ours. Run it on an otherwise idle machine.
IMDBSH names the program, target/release/imdbsh; ROUNDS the turns of each side, 5.
"""
import os, statistics, subprocess, sys, time

LAYERS = ["lstm", "gru", "rnn", "conv1d", "transformer", "distilbert", "roberta"]
REVIEWS, BATCH, MAX_LEN = 96, 16, 256


def step(layer):
    import torch
    from torch import nn

    torch.manual_seed(1)
    if layer in ("distilbert", "roberta"):
        return training(layer)
    lengths = torch.tensor([20 + i * 37 % 190 for i in range(64)])
    rows, full = torch.randn(64, 209, 100), torch.randn(32, 200, 128)
    nets = {
        "lstm": lambda: nn.LSTM(100, 128, batch_first=True),
        "gru": lambda: nn.GRU(100, 128, batch_first=True),
        "rnn": lambda: nn.RNN(100, 128, batch_first=True),
        "conv1d": lambda: nn.Conv1d(128, 128, 3, padding=1),
        "transformer": lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(128, 4, 512, batch_first=True), 2),
    }
    net = nets[layer]()

    def forward():
        if layer in ("lstm", "gru", "rnn"):
            packed = nn.utils.rnn.pack_padded_sequence(rows, lengths, batch_first=True, enforce_sorted=False)
            return nn.utils.rnn.pad_packed_sequence(net(packed)[0], batch_first=True)[0]
        return net(full.transpose(1, 2)).transpose(1, 2) if layer == "conv1d" else net(full)

    seconds = []
    for _ in range(6):
        started = time.time()
        net.zero_grad()
        forward().sum().backward()
        seconds.append(time.time() - started)
    return statistics.median(seconds[1:])


def training(shape):
    import torch
    from torch import nn
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel

    data = os.environ["IMDBSH_DATA"]
    texts = []
    for label in ("neg", "pos"):
        folder = f"{data}/aclImdb/train/{label}"
        names = sorted(os.listdir(folder), key=lambda name: int(name.split("_")[0]))[:REVIEWS // 2]
        texts += [open(f"{folder}/{name}", encoding="utf-8").read() for name in names]
    tokenizer = AutoTokenizer.from_pretrained(f"{data}/minilm")
    if shape == "distilbert":
        encoder = DistilBertModel(DistilBertConfig(vocab_size=30522))
    else:
        encoder = RobertaModel(RobertaConfig(vocab_size=30522, max_position_embeddings=514, type_vocab_size=1, pad_token_id=0), add_pooling_layer=False)
    head = nn.Linear(768, 2)
    net = nn.ModuleList([encoder, head]).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=5e-5)
    labels = torch.tensor([0, 1]).repeat_interleave(REVIEWS // 2)
    rows = torch.randperm(REVIEWS)
    started = time.time()
    for chosen in rows.split(BATCH):
        coded = tokenizer([texts[i] for i in chosen], max_length=MAX_LEN, truncation=True, padding=True, return_tensors="pt")
        optimizer.zero_grad()
        scores = head(encoder(input_ids=coded["input_ids"], attention_mask=coded["attention_mask"]).last_hidden_state[:, 0])
        nn.functional.cross_entropy(scores, labels[chosen]).backward()
        optimizer.step()
    return time.time() - started


def seconds(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return float(next(line for line in done.stdout.splitlines() if line.startswith("seconds ")).split()[1])


def main(layers):
    here = os.path.dirname(os.path.abspath(__file__))
    program = os.environ.get("IMDBSH", os.path.join(here, "../target/release/imdbsh"))
    python, rounds = os.environ.get("IMDBSH_PYTHON", "python3"), int(os.environ.get("ROUNDS", "5"))
    for layer in layers:
        ours, theirs = [], []
        for _ in range(rounds):
            more = [f"reviews={REVIEWS}", f"batch={BATCH}", f"max_len={MAX_LEN}"]
            ours.append(seconds([program, os.path.join(here, "layers.rhai"), f"layer={layer}", *more]))
            theirs.append(seconds([python, os.path.abspath(__file__), "--step", layer]))
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"{layer:12} imdbsh {a:.4f} s   PyTorch {b:.4f} s   {b / a:.2f} times as fast", flush=True)


if sys.argv[1:2] == ["--step"]:
    print("seconds", step(sys.argv[2]))
else:
    main(sys.argv[1:] or LAYERS)
