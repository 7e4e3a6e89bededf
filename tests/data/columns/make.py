"""Makes the files of this folder: `python make.py`, with pandas 3.1, pyarrow 26.0 and datasets 5.2; hub/ is of pyarrow 26.0, too."""
import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

texts = ["a fine film", "dull", None, "caf\u00e9 \u2014 na\u00efve", "", "so\nbad"]
labels = [1, 0, 1, 1, 0, 0]


def parquet(name, columns, **how):
    pq.write_table(pa.table(columns), name, store_schema=False, **how)


strings = {"text": pa.array(texts), "label": pa.array(labels, pa.int64())}
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    parquet(f"{codec}.parquet", strings, compression=codec, row_group_size=4)
parquet("v2_delta.parquet", strings, data_page_version="2.0", use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY", "label": "DELTA_BINARY_PACKED"})
parquet("large_string_int8.parquet", {"text": pa.array(texts, pa.large_string()), "label": pa.array(labels, pa.int8())})
parquet("binary_bool.parquet", {"text": pa.array([t and t.encode("latin1", "replace") for t in texts], pa.binary()), "label": pa.array([bool(i) for i in labels])})
parquet("float_unsigned.parquet", {"text": pa.array(texts), "label": pa.array([i / 2 for i in labels], pa.float32()), "big": pa.array([2**63 + 4096 * i for i in labels], pa.uint64())})
review = pa.StructArray.from_arrays([pa.array(texts), pa.array([i + 1 for i in labels], pa.int32())], ["text", "stars"])
parquet("nested.parquet", {"review": review, "words": pa.array([["a"]] * 6), "day": pa.array([1] * 6, pa.date32())})
pd.DataFrame({"text": texts, "label": pd.Categorical(["neg", "pos", "neg", "neg", "pos", "pos"])}).to_parquet("pandas_categories.parquet")

films = ["It was \"bad\", dull.<br />", "No.\n\nNo!", "Fine, caf\u00e9", " good "]
parquet("films.parquet", {"text": pa.array(films), "label": pa.array([0, 0, 1, 1], pa.int8())}, compression="zstd")

names = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])})
named = datasets.Dataset.from_dict({"text": ["a fine film", "dull", "unknown"], "label": [1, 0, -1]}, features=names)
named.to_parquet("class_label.parquet")
datasets.DatasetDict({"train": named.select([0, 1]), "test": named.select([1, 0]).map(lambda row: {"text": "other " + row["text"]})}).save_to_disk("saved")

views = {"text": pa.array(texts, pa.string_view()), "label": pa.array(labels)}
coded = {"text": pa.array(texts).dictionary_encode(), "label": pa.array(["neg", "pos", "neg", "neg", "pos", "pos"]).dictionary_encode()}
for name, columns, how in [
    ("file.arrow", strings, {}),
    ("views.arrow", views, {}),
    ("coded.arrow", coded, {}),
    ("zstd.arrow", strings, {"compression": "zstd"}),
    ("nested.arrow", {"review": review, "bytes": pa.array([b"x"] * 6, pa.large_binary())}, {}),
]:
    table = pa.table(columns)
    with ipc.new_file(name, table.schema, options=ipc.IpcWriteOptions(**how)) as writer:
        writer.write_table(table, max_chunksize=4)
feather.write_feather(pa.table(strings), "lz4.feather", compression="lz4")
feather.write_feather(pa.table(strings), "old.feather", version=1)
for name, columns in [("stream.ipc", strings), ("coded_stream.ipc", coded)]:
    table = pa.table(columns)
    with ipc.new_stream(name, table.schema) as writer:
        writer.write_table(table, max_chunksize=4)
