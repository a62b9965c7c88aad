#!/usr/bin/env python3
"""Makes the goldens in ../resources/golden/encoders: encoder_goldens.py [FOLDER of all-MiniLM-L6-v2]

`all-minilm-l6-v2.json`: texts, their token ids, and the vectors that Hugging Face transformers computes of each alone in float32 on a CPU,
pooled by the mean of all tokens and brought to length 1, as base64 of little-endian floats. Texts over 256 tokens are cut to the
model's longest.

The other files are tiny encoders whose weights come from a hash, as random_models.py describes it, and what transformers makes of a few
token sequences: the last layer's rows pooled, or the logit of a classifier. Needs torch, transformers 5 and numpy.
"""
import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers

OUT = Path(__file__).resolve().parent.parent / "resources/golden/encoders"
GOLDEN_RATIO = 0x9E3779B97F4A7C15
VOCABULARY = 96

TEXTS = [
    "", " ", "Hello", "Hello, world!", "hello, world!",
    "The quick brown fox jumps over the lazy dog.",
    "A man is eating food.", "A man is eating a piece of bread.",
    "Wo liegt der Bahnhof, bitte?", "Où est la bibliothèque ?", "naïve café résumé Ångström",
    "東京は日本の首都です。", "Привет, как дела?", "مرحبا بالعالم", "emoji 😀👩‍👩‍👧 and flags 🇩🇪",
    "tabs\tand\nnewlines\r\n and \u00a0 spaces\u200b", "supercalifragilisticexpialidocious " * 3,
    "x" * 150, "1234567890 3.14159 1e-9 0xDEADBEEF", "def f(x):\n    return x ** 2  # squares",
    "[CLS] spelled out [SEP] in the text [MASK]", "word " * 200, "the limit " * 127, "past the limit " * 120,
]


def packed(vector):
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


def minilm(folder):
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=str(Path(folder) / "tokenizer.json"))
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    model = transformers.BertModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    cases = []
    for text in TEXTS:
        ids = tokenizer.backend_tokenizer.encode(text).ids
        if len(ids) > 256:
            ids = ids[:255] + ids[-1:]
        with torch.no_grad():
            rows = model(torch.tensor([ids])).last_hidden_state[0]
        vector = torch.nn.functional.normalize(rows.mean(0), dim=0)
        cases.append(dict(text=text, ids=ids, vector=packed(vector.numpy())))
    return dict(model="all-MiniLM-L6-v2", width=384, cases=cases)


def numbers(seed, entry):
    state = 0xCBF29CE484222325
    for byte in f"{seed}/{entry['name']}".encode():
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    count = int(np.prod(entry["shape"]))
    with np.errstate(over="ignore"):
        z = np.uint64(state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN_RATIO)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    v = (z >> np.uint64(40)).astype(np.float64) * 2.0 ** -23 - 1
    return (entry["center"] + entry["amplitude"] * v).astype(np.float32).reshape(entry["shape"])


def entry(name, shape):
    made = dict(name=name, type="F32", shape=list(shape))
    if len(shape) == 1:
        norm = "LayerNorm.weight" in name
        return dict(made, center=1.0 if norm else 0.0, amplitude=0.25 if norm else 0.5)
    gain = 2.0 if "query" in name or "key" in name else 1.5
    return dict(made, center=0.0, amplitude=(1.0 if "embeddings" in name else gain / shape[1] ** 0.5) * 3 ** 0.5)


SMALL = dict(vocab_size=VOCABULARY, hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=4,
             max_position_embeddings=40)
ROBERTA = dict(SMALL, type_vocab_size=1, pad_token_id=1, max_position_embeddings=42, layer_norm_eps=1e-5)
FAMILIES = {
    "bert": (transformers.BertModel, transformers.BertConfig(**SMALL)),
    "roberta": (transformers.RobertaModel, transformers.RobertaConfig(**ROBERTA)),
    "xlm-roberta": (transformers.XLMRobertaModel, transformers.XLMRobertaConfig(**ROBERTA)),
    "bert-score": (transformers.BertForSequenceClassification, transformers.BertConfig(**SMALL, num_labels=1)),
    "xlm-roberta-score": (transformers.XLMRobertaForSequenceClassification, transformers.XLMRobertaConfig(**ROBERTA, num_labels=1)),
}


def tiny(name):
    kind, config = FAMILIES[name]
    config._attn_implementation = "eager"
    model = kind(config).eval().float()
    config.architectures = [kind.__name__]
    entries = [entry(key, value.shape) for key, value in model.state_dict().items() if value.dtype == torch.float32]
    model.load_state_dict({e["name"]: torch.from_numpy(numbers(7, e)) for e in entries}, strict=False)
    draw = np.random.default_rng(3)
    cases = []
    for length in (1, 2, 3, 7, 16, 17, 33, 40):
        ids = draw.integers(5, VOCABULARY, length).tolist()
        second = length // 2 if length > 3 and config.type_vocab_size > 1 else length
        types = [0] * second + [1] * (length - second)
        with torch.no_grad():
            out = model(torch.tensor([ids]), attention_mask=torch.ones(1, length, dtype=torch.long),
                        token_type_ids=torch.tensor([types]))
        case = dict(ids=ids, second=second)
        if "score" in name:
            cases.append(dict(case, logit=float(out.logits[0, 0])))
        else:
            rows = out.last_hidden_state[0]
            cases.append(dict(case, cls=packed(rows[0].numpy()), mean=packed(rows.mean(0).numpy()), last=packed(rows[-1].numpy())))
    return dict(name=name, seed=7, config=json.loads(config.to_json_string()), tensors=entries, cases=cases)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name in FAMILIES:
        (OUT / f"{name}.json").write_text(json.dumps(tiny(name), ensure_ascii=False, indent=1) + "\n")
    if len(sys.argv) > 1:
        (OUT / "all-minilm-l6-v2.json").write_text(json.dumps(minilm(sys.argv[1]), ensure_ascii=False, indent=1) + "\n")


main()
