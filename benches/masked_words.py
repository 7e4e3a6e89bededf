"""The steps of masked_words.rhai in transformers' BertForMaskedLM: python3 masked_words.py MODEL [BATCHES]"""

import json
import sys
import time

import torch
from transformers import AutoModelForMaskedLM

torch.set_num_threads(2)
model = AutoModelForMaskedLM.from_pretrained(sys.argv[1]).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
seconds = []
for batch in json.load(open(sys.argv[2] if len(sys.argv) > 2 else "batches.json"))["batches"]:
    ids, lengths = torch.tensor(batch["ids"]), torch.tensor(batch["lengths"])
    real = torch.arange(ids.shape[1])[None, :] < lengths[:, None]
    labels = torch.full(ids.shape, -100)
    labels.view(-1)[real.reshape(-1).nonzero()[:, 0][torch.tensor(batch["asked"])]] = torch.tensor(batch["labels"])
    started = time.perf_counter()
    optimizer.zero_grad()
    loss = model(input_ids=ids, attention_mask=real.long(), labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    loss.item()
    seconds.append(time.perf_counter() - started)
seconds = sorted(seconds[1:])
print(f"median {seconds[len(seconds) // 2]:.3f} s a step, least {seconds[0]:.3f} s")
