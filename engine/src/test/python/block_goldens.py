#!/usr/bin/env python3
"""Makes ../resources/golden/blocks.json: blocks of every quantised type and the numbers PyPI gguf dequantises them to.

`random`: bytes from splitmix64 with finite scales, so that every bit matters; `fitted`: sin(0.7 i) + 0.3 cos(2.3 i) quantised by gguf, for the types it
quantises. Bytes are hex; numbers are float32 bits, hex, little-endian.
"""
import json
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import dequantize, quantize

TYPES = ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K")
SCALES = {"Q4_0": (0,), "Q4_1": (0, 2), "Q5_0": (0,), "Q5_1": (0, 2), "Q8_0": (0,), "Q4_K": (0, 2), "Q5_K": (0, 2), "Q6_K": (208,)}


def random_blocks(kind, count):
    size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]][1]
    with np.errstate(over="ignore"):
        z = np.arange(1, count * size + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    data = ((z ^ (z >> np.uint64(31))) >> np.uint64(56)).astype(np.uint8).reshape(count, size)
    for block in range(count):
        for i, at in enumerate(SCALES[kind]):
            scale = np.float16((-1) ** block * (0.013 + 0.007 * i) * (block + 1))
            data[block, at:at + 2] = np.frombuffer(scale.tobytes(), np.uint8)
    return data


def record(kind, made, data):
    numbers = dequantize(data, gguf.GGMLQuantizationType[kind]).astype("<f4")
    return {"type": kind, "made": made, "bytes": data.tobytes().hex(), "numbers": numbers.tobytes().hex()}


rows = []
for kind in TYPES:
    elements = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]][0]
    rows.append(record(kind, "random", random_blocks(kind, 4 if elements == 32 else 2)))
    if elements == 32:
        i = np.arange(128, dtype=np.float64)
        values = (np.sin(0.7 * i) + 0.3 * np.cos(2.3 * i)).astype(np.float32).reshape(1, -1)
        rows.append(record(kind, "fitted", quantize(values, gguf.GGMLQuantizationType[kind])))
out = Path(__file__).resolve().parent.parent / "resources/golden/blocks.json"
out.write_text("[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows) + "\n]\n")
print(out.name, len(rows), "records", out.stat().st_size, "bytes")
