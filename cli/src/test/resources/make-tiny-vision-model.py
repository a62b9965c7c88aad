#!/usr/bin/env python3
"""Write a tiny Qwen2-VL folder: random weights, the tokenizer of a text model of the Qwen family, a plain chat template.

usage: make-tiny-vision-model.py TOKENIZER_DIR DIR

Needs torch, torchvision and transformers. The same tokenizer gives the same bytes. An image of 112 by 112 pixels becomes 16 tokens.
"""
import json
import pathlib
import shutil
import sys

import torch
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

TEMPLATE = """{% for message in messages %}<|im_start|>{{ message.role }}
{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}\
{% if part.type == 'image' or 'image' in part or 'image_url' in part %}<|vision_start|><|image_pad|><|vision_end|>\
{% elif 'text' in part %}{{ part.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

TEXT = dict(
    vocab_size=151936,
    hidden_size=128,
    intermediate_size=256,
    num_hidden_layers=2,
    num_attention_heads=2,
    num_key_value_heads=2,
    max_position_embeddings=8192,
    bos_token_id=151643,
    eos_token_id=151645,
    tie_word_embeddings=True,
    rope_theta=1e6,
    rope_scaling={"type": "mrope", "rope_type": "default", "mrope_section": [8, 12, 12], "rope_theta": 1e6},
)
VISION = dict(
    depth=2,
    embed_dim=64,
    hidden_size=128,
    num_heads=2,
    mlp_ratio=2,
    in_channels=3,
    patch_size=14,
    spatial_merge_size=2,
    temporal_patch_size=2,
)
IMAGES = dict(
    image_processor_type="Qwen2VLImageProcessor",
    processor_class="Qwen2VLProcessor",
    patch_size=14,
    temporal_patch_size=2,
    merge_size=2,
    min_pixels=3136,
    max_pixels=100352,
    size={"shortest_edge": 3136, "longest_edge": 100352},
    image_mean=[0.48145466, 0.4578275, 0.40821073],
    image_std=[0.26862954, 0.26130258, 0.27577711],
)


def main() -> None:
    tokenizer, folder = (pathlib.Path(each) for each in sys.argv[1:3])
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(tokenizer / name, folder / name)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings["chat_template"] = TEMPLATE
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    (folder / "preprocessor_config.json").write_text(json.dumps(IMAGES, indent=2))

    torch.manual_seed(7)
    model = Qwen2VLForConditionalGeneration(
        Qwen2VLConfig(
            text_config=TEXT,
            vision_config=VISION,
            image_token_id=151655,
            video_token_id=151656,
            vision_start_token_id=151652,
            vision_end_token_id=151653,
            tie_word_embeddings=True,
        )
    )
    with torch.no_grad():
        # With the usual ones the next token is the last one again: these make it depend on all before it, the image too.
        for name, weight in model.named_parameters():
            if name.endswith("_proj.weight") or (".visual." in name and name.endswith(".weight") and weight.dim() > 1):
                weight.mul_(12.0)
    model.to(torch.bfloat16).save_pretrained(folder)


if __name__ == "__main__":
    main()
