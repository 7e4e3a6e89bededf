"""Makes tests/data/containers: the same few tensors in every container that weights come in.

    python tests/data/make_containers.py        # with torch 2.13 and safetensors

- `zip.bin`, `old.bin`: by `torch.save`, as it is and as it was before version 1.6
- `model.safetensors.index.json`, `pytorch_model.bin.index.json`: in two shards each, one of the latter an old one
"""
import json
import os

import torch
from safetensors.torch import save_file

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "containers")


def main():
    os.makedirs(HERE, exist_ok=True)
    table = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 8
    tensors = {
        "table": table,
        "turned": table.t(),
        "part": table[1:, 1:3],
        "half": torch.tensor([0.5, -2.0], dtype=torch.float16),
        "brain": torch.tensor([1.5, -3.0], dtype=torch.bfloat16),
        "double": torch.tensor(0.1, dtype=torch.float64),
        "whole": torch.tensor([[1, -(2**40)]]),
        "empty": torch.zeros(0, 3),
        "tuned": torch.nn.Parameter(torch.tensor([0.25])),
    }
    torch.save(tensors, f"{HERE}/zip.bin")
    torch.save(tensors, f"{HERE}/old.bin", _use_new_zipfile_serialization=False)
    names = sorted(tensors)
    parts = [names[:4], names[4:]]
    for ending, whole in [("safetensors", "model"), ("bin", "pytorch_model")]:
        places = {}
        for number, part in enumerate(parts):
            shard = f"{whole}-{number + 1:05}-of-00002.{ending}"
            held = {name: tensors[name].detach().contiguous() for name in part}
            places |= {name: shard for name in part}
            if ending == "bin":
                torch.save(held, f"{HERE}/{shard}", _use_new_zipfile_serialization=number == 0)
            else:
                save_file(held, f"{HERE}/{shard}", {"format": "pt"})
        with open(f"{HERE}/{whole}.{ending}.index.json", "w", encoding="utf-8") as file:
            json.dump({"metadata": {"total_size": 0}, "weight_map": places}, file, indent=1)


main()
