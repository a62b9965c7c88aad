"""An encoder in torch, as sentence-transformers runs it: batches padded to their longest text, mean pooled, of length 1.

    torch-encoder.py FOLDER THREADS

Reads lines {"lengths": [tokens of each text], "seconds": S} and answers each with texts per second; the first line it says is its version.
"""
import json
import sys
import time

import torch
import transformers


@torch.inference_mode()
def embed(model, ids, mask):
    rows = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weights = mask.unsqueeze(-1).float()
    return torch.nn.functional.normalize((rows * weights).sum(1) / weights.sum(1), dim=1).numpy()


def main(folder, threads):
    torch.set_num_threads(threads)
    transformers.utils.logging.set_verbosity_error()
    model = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    print(json.dumps(f"torch {torch.__version__}, transformers {transformers.__version__}"), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        lengths = sorted(task["lengths"])
        batches = []
        for at in range(0, len(lengths), 32):  # sentence-transformers' default
            part = lengths[at:at + 32]
            ids = torch.randint(1000, 20000, (len(part), max(part)))
            mask = torch.tensor([[1] * n + [0] * (max(part) - n) for n in part])
            batches.append((ids, mask))
        for ids, mask in batches:
            embed(model, ids, mask)
        begun, done = time.monotonic(), 0
        while time.monotonic() - begun < task["seconds"]:
            for ids, mask in batches:
                embed(model, ids, mask)
            done += len(lengths)
        print(json.dumps(done / (time.monotonic() - begun)), flush=True)


main(sys.argv[1], int(sys.argv[2]))
