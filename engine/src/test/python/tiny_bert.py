#!/usr/bin/env python3
"""Makes a whole tiny BERT with a WordPiece tokenizer: tiny_bert.py FOLDER

config.json, model.safetensors, tokenizer.json and the files of sentence-transformers, some kilobytes in all, and expected.json: texts and the
vectors that Hugging Face transformers makes of them, mean-pooled and of length 1. For tests that start whole processes.
"""
import json
import sys
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "dog", "sat", "ran", "##s", "on", "mat", "a", "b", "##c", ".", ","]


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(11)
    config = transformers.BertConfig(vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                                     intermediate_size=24, max_position_embeddings=24, initializer_range=0.6)
    model = transformers.BertModel(config, add_pooling_layer=False).eval()
    model.save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(WORDS[:4])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "modules.json").write_text(json.dumps([
        dict(idx=0, name="0", path="", type="sentence_transformers.models.Transformer"),
        dict(idx=1, name="1", path="1_Pooling", type="sentence_transformers.models.Pooling"),
        dict(idx=2, name="2", path="2_Normalize", type="sentence_transformers.models.Normalize")], indent=1) + "\n")
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps(dict(word_embedding_dimension=16, pooling_mode_mean_tokens=True), indent=1) + "\n")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 20}\n')
    cases = []
    for text in ["the cat sat on the mat.", "The dogs ran, the cats sat", "", "zebra", "a b ac bc"]:
        ids = tokenizer.encode(text).ids
        with torch.no_grad():
            rows = model(torch.tensor([ids])).last_hidden_state[0]
        cases.append(dict(text=text, ids=ids, vector=torch.nn.functional.normalize(rows.mean(0), dim=0).tolist()))
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


main(Path(sys.argv[1]))
