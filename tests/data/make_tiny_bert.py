"""Makes tests/data/tiny_bert: a BERT with random weights and a small vocabulary, and what transformers computes with it.

    python tests/data/make_tiny_bert.py        # with torch 2.13, transformers 5.23

- `config.json`, `model.safetensors`, `vocab.txt`, `tokenizer.json`: the model, as `save_pretrained` writes it
- `pytorch_model.bin`: the same weights with a pre-training head around them, by `torch.save`
- `outputs.safetensors`: `ids` `[4, 12]` and `lengths`; for each readout the hidden states and the logits of a linear head
  (`head.weight`, `head.bias`), and a fingerprint of the gradient of their cross-entropy for each parameter; with padding and
  without
- `tokens.json`: texts with their ids and masks from `encode_plus`
"""
import json
import os

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForPreTraining, BertModel, BertTokenizerFast

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tiny_bert")
WORDS = """a an and as bad be best but by film for fun good great he her his i in is it its like movie my no not of on one or
she so that the this to too was what with you worst plot act story time see well""".split()
PIECES = ["##s", "##ed", "##ing", "##ly", "##er", "##or", "##e", "##n", "##t", "##a", "##i", "##o", "##r", "##d", "##l", "##y"]
MARKS = list("!\"'(),-.:;?") + ["br", "<", ">", "/", "…", "电", "影"]
LETTERS = list("abcdefghijklmnopqrstuvwxyz0123456789")
TEXTS = [
    "A great film, and so well acted!", "The worst movie.", "", " ", "It isn't bad: it's a GOOD story<br /><br />…",
    "Él é naïve", "电影 film", "a\u0000b\ufffdc\u200b d\te\nf", "the " * 60, "qqq" * 50, "[SEP] a [MASK] b [PAD]", "😀 fun",
]


def tokenizer():
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(dict.fromkeys(WORDS + MARKS + LETTERS)) + PIECES
    with open(f"{HERE}/vocab.txt", "w", encoding="utf-8") as file:
        file.write("".join(word + "\n" for word in words))
    made = BertTokenizerFast.from_pretrained(HERE, do_lower_case=True)
    made.backend_tokenizer.save(f"{HERE}/tokenizer.json")
    rows = []
    for max_len in (8, 24):
        for text in TEXTS:
            coded = made(text, max_length=max_len, padding="max_length", truncation=True)
            rows.append({"text": text, "max_len": max_len, "ids": coded["input_ids"], "mask": coded["attention_mask"],
                         "decoded": made.decode(coded["input_ids"], skip_special_tokens=True)})
    with open(f"{HERE}/tokens.json", "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    return len(words)


def readouts(out, mask):
    real = mask[..., None]
    hidden = out.last_hidden_state
    return {
        "last": hidden[:, -1], "cls": hidden[:, 0], "pooler": out.pooler_output,
        "mean": (hidden * real).sum(1) / real.sum(1), "max": hidden.masked_fill(real == 0, -1e9).amax(1),
        "all": hidden * real,
    }


def main():
    os.makedirs(HERE, exist_ok=True)
    vocabulary = tokenizer()
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=vocabulary, hidden_size=16, num_hidden_layers=3, num_attention_heads=4, intermediate_size=24,
        max_position_embeddings=32, hidden_act="gelu", initializer_range=0.4, layer_norm_eps=1e-10,
    )
    whole = BertForPreTraining(config)
    for p in whole.parameters():
        if p.dim() == 1:
            p.data += torch.randn_like(p) * 0.1
    model = BertModel(config)
    model.load_state_dict({name[5:]: p for name, p in whole.state_dict().items() if name.startswith("bert.")})
    model.save_pretrained(HERE)
    torch.save(whole.state_dict(), f"{HERE}/pytorch_model.bin")
    model.eval()

    lengths = torch.tensor([12, 3, 7, 1])
    ids = torch.randint(5, vocabulary, (4, 12))
    padded = torch.where(torch.arange(12)[None] < lengths[:, None], ids, 0)
    head = torch.nn.Linear(16, 2)
    labels = torch.tensor([0, 1, 1, 0])
    kept = {"ids": ids, "lengths": lengths, "head.weight": head.weight.detach(), "head.bias": head.bias.detach()}
    for case, given, mask in [
        ("padded", padded, (torch.arange(12)[None] < lengths[:, None]).long()),
        ("full", ids, torch.ones_like(ids)),
    ]:
        for name in ["last", "cls", "pooler", "mean", "max", "all"]:
            model.zero_grad()
            hidden = readouts(model(given, attention_mask=mask), mask)[name]
            kept[f"{case}.{name}.hidden"] = hidden.detach().contiguous()
            logits = head(hidden if name != "all" else hidden.sum(1))
            kept[f"{case}.{name}.logits"] = logits.detach()
            torch.nn.functional.cross_entropy(logits, labels).backward()
            for parameter, p in model.named_parameters():
                grad = torch.zeros_like(p) if p.grad is None else p.grad
                # A fingerprint: the sum of its products with a ramp.
                ramp = torch.arange(1, grad.numel() + 1).double().sin().reshape(grad.shape)
                kept[f"{case}.{name}.grad.{parameter}"] = (grad.double() * ramp).sum().float()
    save_file({name: t.contiguous() for name, t in kept.items()}, f"{HERE}/outputs.safetensors")


main()
