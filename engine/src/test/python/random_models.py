#!/usr/bin/env python3
"""Makes the goldens in ../resources/golden/random-models: random_models.py [NAME...]

Each golden is a tiny model of one family whose weights come from a hash, so that a test can make the same bytes again, and what Hugging Face
transformers computes with it in float32 on a CPU: the logits after the prompt, 256 greedy tokens with their margins, and the logits of
the last step. Needs torch, transformers 5, numpy and gguf. Every seed from 0 up is tried until the smallest margin of a greedy step is
comfortable and the answer does not loop.

A number of a tensor: u = splitmix64(fnv1a64("SEED/NAME") + (index + 1) * golden ratio) >> 40, as v = u * 2^-23 - 1 in [-1, 1);
number = center + amplitude * v in double, rounded to float32, then to the tensor's type. Quantised tensors: byte i is bits 56-63 of the same hash,
then the block's scales are overwritten with the float16 numbers that the golden names;
where a type has only one, every second block (counted through the tensor) has it negated.
"""
import hashlib
import json
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
import transformers
from gguf.quants import dequantize

OUT = Path(__file__).resolve().parent.parent / "resources/golden/random-models"
GOLDEN_RATIO = 0x9E3779B97F4A7C15
PROMPT_TOKENS, GREEDY_TOKENS, VOCABULARY = 48, 256, 256
MIN_MARGIN, MIN_DISTINCT, MAX_SEEDS = 5e-3, 60, 400
QUANTISED = ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K")
# Where in a block its float16 scales lie, and the second one as a multiple of the first that centres the numbers on zero.
SCALES = {"Q4_0": (0, None, 0), "Q4_1": (0, 2, -7.5), "Q5_0": (0, None, 0), "Q5_1": (0, 2, -15.5), "Q8_0": (0, None, 0),
          "Q4_K": (0, 2, 7.5), "Q5_K": (0, 2, 15.5), "Q6_K": (208, None, 0)}

SMALL = dict(vocab_size=VOCABULARY, hidden_size=64, intermediate_size=160, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=512, bos_token_id=1, eos_token_id=2, tie_word_embeddings=False)
WIDE = dict(SMALL, hidden_size=256, intermediate_size=512, num_hidden_layers=2, head_dim=64)
LLAMA3 = dict(rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=64)
FAMILIES = {
    "llama2": lambda: transformers.LlamaConfig(**dict(SMALL, num_key_value_heads=4), rms_norm_eps=1e-5),
    "llama3": lambda: transformers.LlamaConfig(**dict(SMALL, num_attention_heads=8), rope_parameters=LLAMA3, rms_norm_eps=1e-5),
    "mistral": lambda: transformers.MistralConfig(**SMALL, head_dim=32, sliding_window=24, rms_norm_eps=1e-5),
    "qwen2": lambda: transformers.Qwen2Config(**SMALL, rms_norm_eps=1e-6),
    "qwen2-sliding": lambda: transformers.Qwen2Config(**SMALL, use_sliding_window=True, sliding_window=24, max_window_layers=1),
    "qwen3": lambda: transformers.Qwen3Config(**dict(SMALL, tie_word_embeddings=True), head_dim=32, rms_norm_eps=1e-6),
    "gemma3": lambda: transformers.Gemma3TextConfig(
        **dict(SMALL, num_hidden_layers=7, num_key_value_heads=1, tie_word_embeddings=True), head_dim=32, query_pre_attn_scalar=32,
        sliding_window=24, rope_parameters={"full_attention": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e6},
                                            "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}),
    "llama-wide": lambda: transformers.LlamaConfig(**WIDE, rms_norm_eps=1e-5),
}


def hashes(seed, name, count):
    state = 0xCBF29CE484222325
    for byte in f"{seed}/{name}".encode():
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        z = np.uint64(state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN_RATIO)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def numbers(seed, entry):
    count = int(np.prod(entry["shape"]))
    v = (hashes(seed, entry["name"], count) >> np.uint64(40)).astype(np.float64) * 2.0 ** -23 - 1
    return (entry["center"] + entry["amplitude"] * v).astype(np.float32).reshape(entry["shape"])


def blocks(seed, entry):
    """The bytes of a quantised tensor, row by row."""
    elements, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[entry["type"]]]
    rows, columns = entry["shape"]
    data = (hashes(seed, entry["name"], rows * columns // elements * size) >> np.uint64(56)).astype(np.uint8).reshape(-1, size)
    first, second, _ = SCALES[entry["type"]]
    data[:, first:first + 2] = np.frombuffer(np.float16(entry["scale"]).tobytes(), np.uint8)
    if second is None:
        # Quants without an offset are not centred: scales of alternating sign keep the average of a matrix at zero.
        data[1::2, first + 1] ^= 0x80
    if second is not None:
        data[:, second:second + 2] = np.frombuffer(np.float16(entry["second"]).tobytes(), np.uint8)
    return data.reshape(rows, -1)


def rounded(values, dtype):
    kind = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[dtype]
    return torch.from_numpy(values.copy()).to(kind).to(torch.float32)


def spread(kind):
    """Standard deviation of a quantised number whose first scale is 1."""
    first, _, factor = SCALES[kind]
    probe = dict(name="probe", type=kind, shape=[256, 256], scale=1.0, second=factor)
    return float(dequantize(blocks(0, probe), gguf.GGMLQuantizationType[kind]).std())


def entry(name, shape, dtype, config):
    """How a tensor is made: spread so that attention is neither flat nor one-hot and the logits depend on the whole text."""
    made = dict(name=name, shape=list(shape))
    gemma = config.model_type.startswith("gemma")
    if len(shape) == 1:
        bias = name.endswith(".bias")
        head = name.endswith(("q_norm.weight", "k_norm.weight"))
        centre = 0.0 if bias else (1.6 if head else 1.0) - (1.0 if gemma else 0.0)
        centre += 7.0 if gemma and name == "model.norm.weight" else 0.0
        return dict(made, type="F32" if dtype in QUANTISED else dtype, center=centre, amplitude=0.5 if bias else 0.25)
    fan_in = shape[1]
    gain = 2.0 if name.endswith(("q_proj.weight", "k_proj.weight")) else 4.0 if "lm_head" in name else 1.5
    deviation = gain / fan_in ** 0.5
    if "embed_tokens" in name:
        deviation = 0.5 if config.tie_word_embeddings else 1.0
        # Gemma multiplies by sqrt(width); a large embedding would make a tied model repeat its last token.
        deviation = 0.25 / fan_in ** 0.5 if gemma else deviation
    if dtype in QUANTISED:
        _, second, factor = SCALES[dtype]
        scale = float(np.float16(deviation / spread(dtype)))
        return dict(made, type=dtype, scale=scale, second=float(np.float16(scale * factor)))
    return dict(made, type=dtype, center=0.0, amplitude=deviation * 3 ** 0.5)


def weights(seed, made):
    if made["type"] in QUANTISED:
        data = dequantize(blocks(seed, made), gguf.GGMLQuantizationType[made["type"]])
        return torch.from_numpy(data.astype(np.float32)).reshape(made["shape"])
    return rounded(numbers(seed, made), made["type"])


def digest(seed, tensors):
    """SHA-256 of all tensors' bytes, one after another, so that a test can tell that it made the same weights."""
    sha = hashlib.sha256()
    for made in tensors:
        if made["type"] in QUANTISED:
            sha.update(blocks(seed, made).tobytes())
        else:
            kind = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[made["type"]]
            sha.update(torch.from_numpy(numbers(seed, made)).to(kind).contiguous().view(torch.uint8).numpy().tobytes())
    return sha.hexdigest()


@torch.no_grad()
def greedy(model, prompt):
    """All logits that matter: after the prompt, after the last token, and the margin at every step."""
    ids, cache, tokens, margins, first = torch.tensor([prompt]), None, [], [], None
    for _ in range(GREEDY_TOKENS):
        out = model(input_ids=ids, past_key_values=cache, use_cache=True)
        cache, logits = out.past_key_values, out.logits[0, -1]
        first = logits if first is None else first
        top = torch.topk(logits, 2)
        tokens.append(int(top.indices[0]))
        margins.append(float(top.values[0] - top.values[1]))
        if min(margins) < MIN_MARGIN:
            return None
        ids = torch.tensor([[tokens[-1]]])
    # The whole text at once, without a cache: the oracle must agree with itself.
    again = model(input_ids=torch.tensor([prompt + tokens[:-1]]), use_cache=False).logits[0, -1]
    assert float((again - logits).abs().max()) < 2e-4, float((again - logits).abs().max())
    return tokens, margins, first, logits


def golden(family, dtype):
    config = FAMILIES[family]()
    config._attn_implementation = "eager"
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    config.architectures = [type(model).__name__]
    config.dtype = {"F16": "float16", "BF16": "bfloat16"}.get(dtype, "float32")
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    tensors = [entry(n, p.shape, dtype, config) for n, p in model.state_dict().items() if n not in tied]
    for seed in range(MAX_SEEDS):
        state = {made["name"]: weights(seed, made) for made in tensors}
        missing, unexpected = model.load_state_dict(state, strict=False)
        assert not unexpected and set(missing) <= tied, (missing, unexpected)
        model.tie_weights()
        prompt = [3 + int(h % np.uint64(VOCABULARY - 3)) for h in hashes(seed, "prompt", PROMPT_TOKENS)]
        found = greedy(model, prompt)
        if found and len(set(found[0])) >= MIN_DISTINCT:
            break
    else:
        sys.exit(f"random_models: no seed below {MAX_SEEDS} gives {family} {dtype} comfortable margins")
    tokens, margins, first, last = found
    short = lambda values: [float(f"{float(v):.7g}") for v in values]  # noqa: E731
    text = json.loads(config.to_json_string(use_diff=True))
    text.pop("_attn_implementation", None)
    return dict(name=f"{family}-{dtype}", made_by=f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}, float32",
                seed=seed, weights_sha256=digest(seed, tensors), config=text, tensors=tensors, prompt=prompt, tokens=tokens, min_margin=float(f"{min(margins):.4g}"),
                first_logits=short(first), last_logits=short(last))


def dump(record):
    """One line for each key, one for each tensor: small, and a change shows in a diff."""
    lines = []
    for key, value in record.items():
        if key == "tensors":
            rows = ",\n  ".join(json.dumps(v, separators=(",", ":")) for v in value)
            lines.append(f' "tensors":[\n  {rows}]')
        else:
            lines.append(f" {json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(argv):
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = [(f, d) for f in FAMILIES if f != "llama-wide" for d in ("F32", "F16", "BF16")] + [("llama-wide", d) for d in QUANTISED]
    for family, dtype in wanted:
        name = f"{family}-{dtype}"
        if argv and name not in argv:
            continue
        record = golden(family, dtype)
        (OUT / f"{name}.json").write_text(dump(record))
        print(name, "seed", record["seed"], "min margin", record["min_margin"], "distinct", len(set(record["tokens"])),
              "logits", round(float(np.std(record["first_logits"])), 3), flush=True)


main(sys.argv[1:])
