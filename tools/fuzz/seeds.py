"""The inputs that fuzzing begins with: python3 tools/fuzz/seeds.py FOLDER writes FOLDER/TARGET/… for each target.

They are the repository's files where these are small, and small ones of each kind otherwise. A digit in front of an input says how the target reads
it, see targets/."""

import io
import json
import pickle
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/data"
OUT = Path(sys.argv[1])


def seed(target, content):
    content = content.encode() if isinstance(content, str) else content
    folder = OUT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{zlib.crc32(content):08x}").write_bytes(content)


def as_json(value):
    return json.dumps(value, separators=(",", ":"))


# State dicts, without torch: the pickle of one is a program, written down here.


def state_dict(protocol, tensors):
    """Of tensors (name, kind, key of the storage, its length, offset, size, stride)."""

    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    def number(value):
        return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)

    def tuple_of(items):
        return b"(" + b"".join(items) + b"t"

    out = b"\x80" + bytes([protocol]) + b"ccollections\nOrderedDict\n)R("
    for name, kind, key, length, offset, size, stride in tensors:
        storage = [text("storage"), b"ctorch\n" + kind.encode() + b"\n", text(key), text("cpu"), number(length)]
        view = [tuple_of(storage) + b"Q", number(offset), tuple_of(map(number, size)), tuple_of(map(number, stride))]
        view += [b"\x89", b"ccollections\nOrderedDict\n)R"]
        out += text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n" + tuple_of(view) + b"R"
    return out + b"u."


KINDS = ["Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool"]
PICKLES = [state_dict(2, [("w", f"{kind}Storage", "0", 64 // width, 0, (2, 2), (2, 1))])
           for kind, width in zip(KINDS, [4, 8, 2, 2, 8, 4, 2, 1, 1, 1])]
PICKLES.append(state_dict(2, [("a", "FloatStorage", "0", 16, 4, (2, 3), (1, 2)), ("b", "FloatStorage", "0", 16, 0, (), ())]))
PICKLES += [pickle.dumps({"a": [1, (2, None, True), 3.5, 1 << 40], "b": {"c": "é"}}, protocol=p) for p in (2, 4)]
for content in PICKLES:
    seed("pickle", content)
seed("pickle", zipfile.ZipFile(DATA / "tiny_bert/pytorch_model.bin").read("pytorch_model/data.pkl")[:1500])

for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
    for content in PICKLES[:1] + PICKLES[10:11]:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", compression) as archive:
            parts = [("data.pkl", content), ("byteorder", b"little"), ("data/0", bytes(64)), ("version", b"3\n")]
            for name, part in parts:
                archive.writestr(zipfile.ZipInfo(f"a/{name}"), part, compression)
        seed("torch", file.getvalue())
seed("torch", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")


def safetensors(tensors, metadata=None):
    header, body = {"__metadata__": metadata} if metadata else {}, b""
    for name, dtype, shape, content in tensors:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(content)]}
        body += content
    header = as_json(header).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + body


WIDTHS = {"F32": 4, "F64": 8, "BF16": 2, "I64": 8, "BOOL": 1, "F16": 2, "I32": 4, "I8": 1, "U8": 1, "I16": 2, "F8_E4M3": 1}
for dtype, width in WIDTHS.items():
    seed("safetensors", safetensors([("w", dtype, [2, 3], bytes(6 * width))], {"format": "pt"}))
seed("safetensors", safetensors([("a", "F32", [], bytes(4)), ("b", "I64", [0, 4], b""), ("c", "U8", [2], b"\x01\x02")]))
seed("safetensors", (DATA / "runs/early/run/model.safetensors").read_bytes())

# Tables.
CSV = 'text,label\n"fine, ""so""",pos\ndull,neg\n"a\nb",pos\nbad,neg\n'
TSV = CSV.replace('"fine, ""so""",', "fine\t").replace(",", "\t")
LINES = "".join(as_json({"text": text, "label": label}) + "\n" for text, label in [("fine", 1), ("dull", 0), ("é", 1), ("", 0)])
for way in "05":
    for place, table in enumerate([CSV, TSV, LINES, CSV, TSV]):
        digit = str(int(way) + place)
        seed("tables", digit + table)
        seed("tables", digit + "\ufeff" + table.replace("\n", "\r\n"))
for file in sorted((DATA / "columns").iterdir()):
    # Told by their first bytes, whatever the digit says.
    if file.suffix in (".parquet", ".arrow", ".ipc", ".feather"):
        seed("tables", b"0" + file.read_bytes())
seed("tables", '2{"id": 7, "text": "a", "label": "x", "more": [null, {"b": -1e300}]}\n\n{"label": true, "text": "\\ud83d\\ude00"}\n')

# The same by options, each of which a character in front chooses; the inputs that failed once, and those with other columns.
NESTED = '[{"title": "a", "review": {"text": "fine"}, "more": {"stars": 1}}, {"title": "b", "review": {"text": "bad"}, "more": {"stars": 0}}]'
for options, table in [
    ("00000000", CSV),
    ("01010000", "fine,1\nbad,0\nfine too,1\n"),
    ("03110000", "fine,1,more\nbad,0,more\n"),
    ("00003000", CSV.replace(",", ";")),
    ("10003000", TSV),
    ("00004100", "# made by hand\n" + CSV),
    ("00000010", CSV + "x,\n"),
    ("00400030", 'text,label\nfine,1\nbad,0\n'),
    ("00800000", CSV),
    ("32300000", NESTED),
    ("00200000", "text\nfine\nbad\n"),
    ("00000202", CSV.replace("fine", "fin\u00e9").encode("cp1252")),
    ("00000304", ("\ufeff" + CSV).encode("utf-16-le")),
    ("00000500", CSV.replace("fine", "\u826f\u3044").encode("shift_jis")),
    ("00000007", CSV),
]:
    seed("table_options", options.encode() + (table if isinstance(table, bytes) else table.encode()))
for file in sorted((DATA / "columns").iterdir()):
    if file.is_file():
        seed("table_options", b"00000000" + file.read_bytes())

# Word vectors.
GLOVE = "the 1 2\nfilm 3 -4e-2\na .5 16777217\nat a@b.c 3 4\n<unk> -0 0.00000000001\n"
for text in (GLOVE, "5 2\n" + GLOVE, GLOVE.replace("\n", " \r\n"), "the 1 2\nfilm nan inf\n", "the 1 2\nfilm 1\n"):
    seed("vectors", "0" + text)
WORDS = ["<unk>", "<pad>", "the", "film"]
VECTORS = [[0, 0], [0, 0], [1, 2.5], [-3e-2, 4]]
seed("vectors", "1" + as_json(WORDS))
seed("vectors", "1" + as_json({word: place for place, word in enumerate(WORDS)}))
seed("vectors", "1" + as_json({"index_to_word": WORDS, "word_to_index": {w: i for i, w in enumerate(WORDS)}, "vectors": VECTORS}))
seed("vectors", b"2" + safetensors([("vectors", "F32", [4, 2], struct.pack("<8f", *sum(VECTORS, [])))], {"index_to_word": as_json(WORDS)}))
seed("vectors", b"2" + safetensors([("vectors", "F16", [4, 2], bytes(16))], {"index_to_word": as_json(WORDS)}))
for rows in ([("the", 1, 2), ("film", 3, -4), ("a", 0.5, 6)], [("film", 1, 2), ("", 3, 4), ("film", 5, 6), ("é", 7, 8)], []):
    values = [struct.pack("<2f", *row[1:]) for row in rows]
    words = [row[0].encode() for row in rows]
    index = b"".join(struct.pack("<I", len(word)) for word in words)
    index += b"".join(struct.pack("<I", zlib.crc32(value)) for value in values) + b"".join(words)
    trailer = bytes(24) + struct.pack("<QQQ", 2, len(rows), sum(map(len, words))) + bytes(8) + b"imdbshWV"
    seed("cache", b"".join(values) + index + trailer)

# Configurations.
for run in sorted((DATA / "runs").glob("*/run")):
    seed("config", b"0" + (run / "config.json").read_bytes())
    for checkpoint in sorted(run.glob("checkpoints/*.json"))[:2]:
        if checkpoint.stat().st_size < 4000:
            seed("config", b"1" + checkpoint.read_bytes().replace(checkpoint.stem.encode(), b"e0002-s000016"))
BERT = json.loads((DATA / "tiny_bert/config.json").read_text())
for more in ({}, {"hidden_act": "relu"}, {"pad_token_id": None, "layer_norm_eps": 1e-5}, {"is_decoder": True, "hidden_size": 10}):
    seed("config", "2" + as_json(BERT | more))

# Tokenizers.
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = {word: place for place, word in enumerate(SPECIAL + ["a", "film", "##s", "fine", ".", "'", "e"])}
ADDED = [{"id": i, "content": w, "single_word": False, "lstrip": i == 4, "rstrip": False, "normalized": i == 1, "special": i != 1}
         for i, w in enumerate(SPECIAL)]
BYTES = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
SPACES = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}


def sequence(kind, steps):
    return {"type": "Sequence", kind: steps}


def split(pattern, behavior):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": False}


WORDPIECE = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": VOCABULARY}
BPE = {"type": "BPE", "dropout": None, "unk_token": "[UNK]", "continuing_subword_prefix": None, "end_of_word_suffix": None,
       "fuse_unk": True, "byte_fallback": True, "ignore_merges": False, "merges": [["f", "i"], ["fi", "l"]],
       "vocab": VOCABULARY | {"f": 12, "i": 13, "l": 14, "fi": 15, "fil": 16, "<0x0A>": 17}}
UNIGRAM = {"type": "Unigram", "unk_id": 1, "byte_fallback": False, "vocab": [[word, -i / 2] for i, word in enumerate(VOCABULARY)]}
WORDS_ALONE = {"type": "WordLevel", "unk_token": "[UNK]", "vocab": VOCABULARY}
BERT_STEPS = {"normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
              "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
              "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}}
TEMPLATE = {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}}}
ROBERTA = {"type": "RobertaProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2], "trim_offsets": True, "add_prefix_space": True}
NORMALIZERS = [{"type": name} for name in ("NFC", "NFD", "NFKC", "NFKD", "Nmt", "Lowercase", "StripAccents", "ByteLevel")] + [
    {"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Prepend", "prepend": "▁"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}, {"type": "Replace", "pattern": {"Regex": "a+|\\s"}, "content": "bb"}]
PARTS = [{"type": name} for name in ("Whitespace", "WhitespaceSplit", "UnicodeScripts")] + [
    BYTES, SPACES, {"type": "Punctuation", "behavior": "Isolated"}, {"type": "Digits", "individual_digits": True},
    {"type": "CharDelimiterSplit", "delimiter": "e"}, {"type": "FixedLength", "length": 3},
    split({"Regex": "(?i:'s|'t)|\\p{L}+(?=.)"}, "MergedWithNext"), split({"String": " "}, "Removed")]
DECODERS = [{"type": name} for name in ("Fuse", "ByteFallback")] + [
    BYTES, SPACES, {"type": "BPEDecoder", "suffix": "</w>"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0},
    {"type": "CTC", "pad_token": "[PAD]", "word_delimiter_token": "|", "cleanup": True},
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}]


def tokenizer(model, **parts):
    whole = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": ADDED}
    seed("tokenizer", "0" + as_json(whole | {"normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None} | parts | {"model": model}))


tokenizer(WORDPIECE, **BERT_STEPS)
tokenizer(WORDPIECE, **BERT_STEPS | {"post_processor": TEMPLATE}, truncation={"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
          padding={"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"})
tokenizer(BPE, pre_tokenizer=BYTES, decoder=BYTES, post_processor=ROBERTA)
tokenizer(BPE, normalizer=sequence("normalizers", NORMALIZERS[8:11]), decoder=sequence("decoders", DECODERS[:2] + DECODERS[7:]))
tokenizer(UNIGRAM, pre_tokenizer=SPACES, decoder=SPACES, normalizer={"type": "Precompiled", "precompiled_charsmap": "AAAAAAA="})
for normalizer, part in zip(NORMALIZERS, PARTS + PARTS):
    tokenizer(WORDS_ALONE, normalizer=normalizer, pre_tokenizer=sequence("pretokenizers", [part]), post_processor={"type": "Sequence", "processors": [TEMPLATE]})
for decoder in DECODERS:
    tokenizer(WORDPIECE, decoder=decoder, post_processor=BYTES)
seed("tokenizer", b"1" + (DATA / "tiny_bert/vocab.txt").read_bytes())
seed("tokenizer", "1" + "\r\n".join(SPECIAL + ["a", "##a"]))
seed("tokenizer", "2" + as_json({"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False, "unk_token": "[UNK]",
                                 "pad_token": {"content": "[PAD]", "lstrip": False}}))

# Scripts: paragraphs, and the examples of functions.
for file in sorted(ROOT.glob("stdlib/**/*.rhai")) + sorted(ROOT.glob("examples/*.rhai")) + sorted(ROOT.glob("scripts/*.rhai")):
    for paragraph in file.read_text().split("\n\n"):
        if len(paragraph) < 1000:
            seed("script", paragraph)
for file in sorted((ROOT / "src/script/api").glob("**/*.rs")):
    for example in re.findall(r"```rhai\n(.*?)```", file.read_text(), re.S):
        seed("script", re.sub(r"^\s*/// ?", "", example, flags=re.M).strip())
for text in ("x.pause.y()", "`a ${`b ${1 + 1}`} c`", "/* a /* b */", "switch x { 1..=3 if y => 2, _ => `` }", "let f = |a, b| a?.b ?? c[-1];",
             "fn int.f(x) { this += x; } private fn g() {}", "try { throw #{ a: 'b' } } catch (e) {}", "do { x **= 2 } until x > 0x_FF;"):
    seed("script", text)
