"""The same work as benches/work.rhai in PyTorch and plain Python: the other side of `make bench`.

    python benches/pytorch.py WORK FOLDER      prints one JSON object: {"work", "side", "seconds", …}

FOLDER holds what `work.rhai work=inputs` wrote: words, vectors, weights and the order of the rows, so that both sides
train the same network on the same batches.
"""
import collections, json, os, re, resource, struct, sys, time
import numpy as np
import torch
from torch import nn

WORK, FOLDER = sys.argv[1], sys.argv[2]
FLUSH = bool(os.environ.get("FLUSH"))       # subnormal floats to zero, which torch does not do by itself
torch.set_flush_denormal(FLUSH)             # first of all: threads take it over when they start
if os.environ.get("THREADS"):
    torch.set_num_threads(int(os.environ["THREADS"]))
DATA = os.environ.get("IMDBSH_DATA", "")
HIDDEN, BATCH, L2 = 128, 64, 2e-4
# An epoch takes PyTorch up to two minutes: the first of its batches stand for all, which cost the same, padded as they are.
STEPS = int(os.environ.get("STEPS", "8"))
BERT_REVIEWS = 240      # for 2,000 of them; in work.rhai too
SPLIT = re.compile(r"""[\s+.!@/_,$%^*()'"，。？！、～~#￥…&（）—]+""")


def say(**row):
    row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"work": WORK, "side": "flushed" if FLUSH else "pytorch", "torch": torch.__version__, **row}), flush=True)


def tensors(name):
    """A safetensors file, whose format is a length, a JSON header and the numbers."""
    with open(f"{FOLDER}/{name}.safetensors", "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        body = f.read()
    kinds = {"F32": torch.float32, "I64": torch.int64}
    header.pop("__metadata__", None)
    return {
        k: torch.frombuffer(bytearray(body[slice(*v["data_offsets"])]), dtype=kinds[v["dtype"]]).reshape(v["shape"])
        for k, v in header.items()
    }


class Net(nn.Module):
    """The lab's network. `packed` reads both directions in full; the lab reads the last position."""

    def __init__(self, packed):
        super().__init__()
        self.packed = packed
        self.lstm = nn.LSTM(100, HIDDEN, 1, bidirectional=True)
        self.layer = nn.Sequential(nn.Linear(2 * HIDDEN, 32), nn.Tanh(), nn.Linear(32, 2), nn.Softmax(-1))

    def forward(self, x, lengths):
        x = x.transpose(0, 1)
        if self.packed:
            x = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
            _, (h, _) = self.lstm(x)
            return self.layer(torch.cat(list(h), -1))
        out, _ = self.lstm(x)
        return self.layer(out[-1])


def lstm(packed=False, scoring=False):
    data = tensors("inputs")
    ids, lengths, vectors, labels = data["behind" if packed else "front"], data["lengths"], data["vectors"], data["labels"]
    net = Net(packed)
    net.load_state_dict(tensors("weights"), strict=True)
    if scoring:
        start = time.time()
        with torch.no_grad():
            right = sum((net(vectors[ids[k:k + BATCH]], lengths[k:k + BATCH]).argmax(1) == labels[k:k + BATCH]).sum().item()
                        for k in range(0, len(labels), BATCH))
        return say(seconds=time.time() - start, accuracy=right / len(labels))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    losses = []
    order = data["order"][:STEPS]
    start = time.time()
    for rows in order:
        out = net(vectors[ids[rows]], lengths[rows])
        loss = nn.functional.cross_entropy(out, labels[rows])
        penalty = sum(p.pow(2).sum() for p in net.parameters())
        optimizer.zero_grad()
        (loss + L2 * penalty).backward()
        optimizer.step()
        losses.append(loss.item())
    seconds = (time.time() - start) * len(data["order"]) / len(order)
    say(seconds=seconds, losses=losses)


def handwritten():
    torch.manual_seed(0)
    w_x = nn.Parameter(torch.randn(100, 4 * HIDDEN) * 0.1)
    w_h = nn.Parameter(torch.randn(HIDDEN, 4 * HIDDEN) * 0.1)
    b = nn.Parameter(torch.zeros(4 * HIDDEN))
    x = torch.randn(600, BATCH, 100)
    for _ in range(3):      # the last counts
        start = time.time()
        h, c = torch.zeros(BATCH, HIDDEN), torch.zeros(BATCH, HIDDEN)
        for x_t in x:
            g, i, f, o = (x_t @ w_x + h @ w_h + b).chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        h.sum().backward()
        seconds = time.time() - start
    say(seconds=seconds)


def reviews(split, label, count=None):
    folder = f"{DATA}/aclImdb/{split}/{label}"
    names = sorted(os.listdir(folder), key=lambda n: int(n.split("_")[0]))[:count]
    return [open(f"{folder}/{n}", encoding="utf-8").read() for n in names]


def words(text):
    return SPLIT.sub(" ", text).lower().split(" ")


def glove():
    table = {}
    with open(f"{DATA}/glove.6B.100d.txt", encoding="utf-8") as f:
        for line in f:
            word, *vector = line.rstrip().split(" ")
            table[word] = np.asarray(vector, np.float32)
    return table


def text():
    texts = reviews("train", "neg") + reviews("train", "pos")
    start = time.time()
    tokens = [words(x) for x in texts]
    counts = collections.Counter(w for t in tokens for w in t)
    vocab = {w: i + 2 for i, (w, _) in enumerate(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])))}
    rows = [np.array([vocab[w] for w in t], np.int64) for t in tokens]
    say(seconds=time.time() - start, reviews=len(rows), words=len(vocab))


def read_glove():
    start = time.time()
    table = glove()
    say(seconds=time.time() - start, words=len(table))


def bert(dynamic=False):
    """Fine-tuning MiniLM as the lab does: batches of 8, padded to 257 tokens or (`dynamic`) to their longest, last position."""
    from transformers import BertModel, BertTokenizerFast

    torch.manual_seed(1)
    count, batch, folder = BERT_REVIEWS, 8, f"{DATA}/minilm"
    texts = reviews("train", "neg", count // 2) + reviews("train", "pos", count // 2)
    labels = torch.tensor([0] * (count // 2) + [1] * (count // 2))
    tokenizer = BertTokenizerFast.from_pretrained(folder)
    clean = [" ".join(words(text)[:257]) for text in texts]
    coded = tokenizer(clean, max_length=257, padding="max_length", truncation=True, return_tensors="pt")
    ids, mask = coded["input_ids"], coded["attention_mask"]
    encoder = BertModel.from_pretrained(folder)
    width = encoder.config.hidden_size
    head = nn.Sequential(nn.Dropout(0.5), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))
    net = nn.ModuleList([encoder, head]).train()
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-5)
    start = time.time()
    for rows in torch.randperm(count).split(batch):
        i, m = ids[rows], mask[rows]
        if dynamic:
            longest = int(m.sum(1).max())
            i, m = i[:, :longest], m[:, :longest]
        loss = nn.functional.cross_entropy(head(encoder(i, attention_mask=m).last_hidden_state[:, -1]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
    say(seconds=(time.time() - start) * 2000 / count)


def job():
    """The main job from files to scores, for its peak of memory: two steps of training hold what all would."""
    texts = [reviews(split, label, 1000) for split in ("train", "test") for label in ("neg", "pos")]
    tokens = [words(x) for part in texts for x in part]
    counts = np.array([len(t) for t in tokens])
    limit = int(counts.mean() + 2 * counts.std())
    table = glove()
    vocab = {w: i + 1 for i, w in enumerate(sorted({w for t in tokens for w in t}))}
    vectors = torch.zeros(len(vocab) + 1, 100)
    for w, i in vocab.items():
        if w in table:
            vectors[i] = torch.from_numpy(table[w])
    ids = torch.zeros(len(tokens), limit, dtype=torch.long)
    for row, t in enumerate(tokens):
        t = [vocab[w] for w in t[:limit]]
        ids[row, limit - len(t):] = torch.tensor(t)
    del table
    net = Net(packed=False)
    optimizer = torch.optim.Adam(net.parameters())
    for rows in torch.randperm(2000)[:4 * BATCH].split(BATCH):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(vectors[ids[rows]], None), rows // 1000).backward()
        optimizer.step()
    with torch.no_grad():
        net(vectors[ids[:BATCH]], None)
    say(seconds=None)


{
    "lab": lstm,
    "packed": lambda: lstm(packed=True),
    "scoring": lambda: lstm(scoring=True),
    "handwritten": handwritten,
    "text": text,
    "glove": read_glove,
    "job": job,
    "bert": bert,
    "bert_dynamic": lambda: bert(dynamic=True),
}[WORK]()
