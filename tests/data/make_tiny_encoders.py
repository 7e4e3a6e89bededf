"""Makes tests/data/tiny_encoders: a model of each family with random weights and a small vocabulary, and what transformers makes of it.

    python tests/data/make_tiny_encoders.py        # with torch 2.13, transformers 5.24

A folder for each family:

- `config.json`, `model.safetensors`: its `…ForSequenceClassification` with three named classes, as `save_pretrained` writes it
- the tokenizer: `tokenizer.json` and `tokenizer_config.json`, or the files that the test is about
- `outputs.safetensors`: `ids` `[4, 12]` and `lengths`; hidden states and logits with padding (`padded`) and without (`full`), and a
  fingerprint of the gradient of the logits' cross-entropy for each parameter
- `tokens.json`: the ids of `texts.json` by the family's own tokenizer, at most 40 of each

And `tokenizers/`: folders with a tokenizer alone, in other files, and its `tokens.json`.
"""
import json
import os
import shutil

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
import transformers as t

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tiny_encoders")
LINES = """A great film, and so well acted! It is the best movie that I have seen this year.
The worst movie of all: dull, long and badly acted. I want my time back.
It isn't bad, but it isn't good either; the story is thin.
She plays her part so well that you forget the plot.
He said "no", and he was right: 10/10 would not watch again.
Great fun for children and their parents, with songs to sing.
What a waste of time and money! The acting was as bad as the story.
One of the finest films ever made, beautifully shot and told.
I could not stop laughing. The ending, however, is a mess...
Nobody needs this; watch the original in place of it.""".split("\n")
TEXTS = LINES + [
    "", " ", "  \t\n ", "a", "A", ".", "...", "!?", "don't", "DON'T", "GREAT FILM", "great film", "Great  film", " great film ",
    "It isn't bad: it's a GOOD story<br /><br />…", "Él é naïve", "Ünïcödé ÀÉÎÕÜ ß ﬁ ﬂ", "İstanbul I ı i̇", "e\u0301 e\u0308 n\u0303", "ΑΒΓ αβγ ς",
    "Привет, мир", "电影 film", "这部电影很好看。", "日本語のテスト", "한국어 영화", "שלום עולם", "مرحبا", "हिन्दी फ़िल्म", "😀 fun", "👍🏽👨‍👩‍👧‍👦", "🇩🇪 ❤️",
    "a\u0000b\ufffdc\u200b d\te\nf", "\u0001\u0002\u0003", "tab\tand\r\nline", "\u00a0no\u2003break\u3000space", "zero\u200bwidth\u200djoin",
    "the " * 60, "qqq" * 50, "x" * 300, "supercalifragilisticexpialidocious", "1234567890", "3.14 $5.99 100%", "foo_bar-baz/qux", "a@b.c http://x.y/z?q=1",
    "[SEP] a [MASK] b [PAD]", "<s> a <mask> b <pad> </s>", "[CLS] [UNK] <unk>", "film<mask>film", "``quoted'' 'text'", "¿Qué? ¡Olé!",
    "½ ² ™ ① ㎏", "\U0001d4d0\U0001d4d1 \uff21\uff22", "▁under ▁score", "Ġbyte Ċ", "##s ##ing", "mixedCASE camelCase", "a.b,c;d:e!f?g(h)i[j]k{l}m",
    "\"", "'", "\\ / | ~ ^ ` @ # & * + = < >", "ends with space ", "\ue000 private", "a\u0301\u0327",
]
CLASSES = ["bad", "fair", "good"]


def word_pieces(special, **how):
    trainer = trainers.WordPieceTrainer(vocab_size=140, special_tokens=special, min_frequency=2, show_progress=False)
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = normalizers.BertNormalizer(**how), pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(LINES, trainer)
    return made.get_vocab()


def pairs_of_bytes(special):
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(LINES, trainers.BpeTrainer(
        vocab_size=len(special) + 256 + 60, special_tokens=special, initial_alphabet=alphabet, show_progress=False))
    return made


def merges_of(made):
    return [tuple(pair) for pair in json.loads(made.to_str())["model"]["merges"]]


def pieces(special):
    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.train_from_iterator(LINES, trainers.UnigramTrainer(
        vocab_size=160, special_tokens=special, unk_token="<unk>", show_progress=False))
    return [tuple(piece) for piece in json.loads(made.to_str())["model"]["vocab"]]


def bert(**how):
    return t.BertTokenizer(vocab=word_pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], lowercase=how["do_lower_case"]), **how)


def mpnet():
    return t.MPNetTokenizer(vocab=word_pieces(["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]))


def roberta():
    made = pairs_of_bytes(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return t.RobertaTokenizer(vocab=made.get_vocab(), merges=merges_of(made))


def modernbert():
    made = pairs_of_bytes(["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"])
    made.normalizer, made.decoder = normalizers.NFC(), decoders.ByteLevel()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    return t.PreTrainedTokenizerFast(tokenizer_object=made, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
                                     pad_token="[PAD]", mask_token="[MASK]")


def xlm_roberta():
    return t.XLMRobertaTokenizer(vocab=pieces(["<s>", "<pad>", "</s>", "<unk>"]) + [("<mask>", 0.0)])


def albert():
    return t.AlbertTokenizer(vocab=pieces(["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]))


def coded(folder):
    """As it comes out of the files, not as it was made."""
    rows = t.AutoTokenizer.from_pretrained(folder)(TEXTS, max_length=40, truncation=True)["input_ids"]
    with open(f"{folder}/tokens.json", "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def other_files():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    cased, uncased = (word_pieces(special, lowercase=lower) for lower in (False, True))
    lines = lambda vocabulary: "".join(word + "\n" for word in sorted(vocabulary, key=vocabulary.get))
    more = len(uncased)
    added = lambda content, **how: dict(content=content, lstrip=False, rstrip=False, single_word=False, normalized=True, special=False) | how
    made = pairs_of_bytes(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    merges = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges_of(made))
    whole = bert(do_lower_case=True).backend_tokenizer.to_str()
    marked = word_pieces(["<s>", "<pad>", "</s>", "[UNK]", "<mask>"])
    folders = {
        "lines": ("bert", {"vocab.txt": lines(uncased)}),
        "lines_cased": ("bert", {"vocab.txt": lines(cased), "tokenizer_config.json": dict(do_lower_case=False)}),
        "lines_mpnet": ("mpnet", {"vocab.txt": lines(marked)}),
        "lines_added": ("bert", {
            "vocab.txt": lines(uncased), "added_tokens.json": {"GREAT FILM": more, "<film>": more + 1},
            "special_tokens_map.json": dict(mask_token="[MASK]", additional_special_tokens=["<film>"]),
        }),
        "lines_decoder": ("electra", {
            "vocab.txt": lines(uncased),
            "tokenizer_config.json": dict(added_tokens_decoder={
                "0": added("[PAD]", special=True, normalized=False), str(more): added("great film", single_word=True),
                str(more + 1): added("<film>", lstrip=True, rstrip=True, normalized=False, special=True)}),
        }),
        "casing": ("bert", {"tokenizer.json": whole, "tokenizer_config.json": dict(do_lower_case=False, tokenizer_class="BertTokenizer")}),
        "accents": ("bert", {"tokenizer.json": whole, "tokenizer_config.json": dict(
            do_lower_case=True, strip_accents=False, tokenize_chinese_chars=False, tokenizer_class="BertTokenizerFast")}),
        "as_it_is": ("bert", {"tokenizer.json": whole, "tokenizer_config.json": dict(
            do_lower_case=False, tokenizer_class="PreTrainedTokenizerFast", pad_token="[PAD]")}),
        "pairs": ("roberta", {"vocab.json": made.get_vocab(), "merges.txt": merges}),
        "pairs_spaced": ("roberta", {
            "vocab.json": made.get_vocab(), "merges.txt": merges, "tokenizer_config.json": dict(add_prefix_space=True),
            "special_tokens_map.json": dict(mask_token=added("<mask>", lstrip=True, normalized=False)),
        }),
    }
    for name, (family, files) in folders.items():
        folder = f"{HERE}/tokenizers/{name}"
        os.makedirs(folder)
        for file, text in (files | {"config.json": dict(model_type=family)}).items():
            with open(f"{folder}/{file}", "w", encoding="utf-8") as out:
                out.write(text if isinstance(text, str) else json.dumps(text))
        coded(folder)


SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
NARROW = SIZES | dict(embedding_size=16)
FAMILIES = {
    "bert": (bert(do_lower_case=False), t.BertConfig, SIZES | dict(max_position_embeddings=40)),
    "distilbert": (bert(do_lower_case=True), t.DistilBertConfig,
                   dict(dim=32, n_layers=2, n_heads=2, hidden_dim=64, max_position_embeddings=40)),
    "roberta": (roberta(), t.RobertaConfig, SIZES | dict(max_position_embeddings=42, type_vocab_size=1, layer_norm_eps=1e-5)),
    "xlm-roberta": (xlm_roberta(), t.XLMRobertaConfig,
                    SIZES | dict(max_position_embeddings=42, type_vocab_size=1, layer_norm_eps=1e-5)),
    "electra": (bert(do_lower_case=True), t.ElectraConfig, NARROW | dict(max_position_embeddings=40)),
    "mpnet": (mpnet(), t.MPNetConfig, SIZES | dict(max_position_embeddings=42, layer_norm_eps=1e-5)),
    "albert": (albert(), t.AlbertConfig, NARROW | dict(
        num_hidden_layers=5, num_hidden_groups=2, max_position_embeddings=40, hidden_act="gelu_new")),
    "modernbert": (modernbert(), t.ModernBertConfig, SIZES | dict(
        num_hidden_layers=4, max_position_embeddings=40, local_attention=6, classifier_pooling="mean", bos_token_id=None,
        eos_token_id=None, cls_token_id=1, sep_token_id=2)),
}


def fingerprint(grad):
    """The sum of its products with a ramp."""
    ramp = torch.arange(1, grad.numel() + 1).double().sin().reshape(grad.shape)
    return (grad.double() * ramp).sum().float()


def outputs(model, pad, vocabulary):
    lengths = torch.tensor([12, 3, 7, 1])
    ids = torch.randint(5, vocabulary, (4, 12))
    mask = (torch.arange(12)[None] < lengths[:, None]).long()
    labels = torch.tensor([0, 1, 2, 0])
    kept = {"ids": torch.where(mask == 1, ids, pad), "full_ids": ids, "lengths": lengths}
    for case, given, seen in [("padded", kept["ids"], mask), ("full", ids, torch.ones_like(mask))]:
        model.zero_grad()
        hidden = model.base_model(given, attention_mask=seen).last_hidden_state
        kept[f"{case}.hidden"] = (hidden * seen[..., None]).detach()
        logits = model(given, attention_mask=seen).logits
        kept[f"{case}.logits"] = logits.detach()
        torch.nn.functional.cross_entropy(logits, labels).backward()
        for name, p in model.named_parameters():
            kept[f"{case}.grad.{name}"] = fingerprint(torch.zeros_like(p) if p.grad is None else p.grad)
    return kept


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.makedirs(HERE)
    with open(f"{HERE}/texts.json", "w", encoding="utf-8") as file:
        json.dump(TEXTS, file, indent=0)
    for name, (tokenizer, config, sizes) in FAMILIES.items():
        folder = f"{HERE}/{name}"
        torch.manual_seed(7)
        config = config(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, initializer_range=0.3,
                        id2label=dict(enumerate(CLASSES)), label2id={c: i for i, c in enumerate(CLASSES)}, **sizes)
        model = t.AutoModelForSequenceClassification.from_config(config).eval()
        for p in model.parameters():
            if p.dim() == 1:
                p.data += torch.randn_like(p) * 0.1
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        save_file({key: x.contiguous() for key, x in outputs(model, tokenizer.pad_token_id, len(tokenizer)).items()},
                  f"{folder}/outputs.safetensors")
        coded(folder)
    other_files()


main()
