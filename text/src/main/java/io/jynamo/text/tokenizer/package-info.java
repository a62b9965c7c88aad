/**
 * Tokenizers read from the files models ship: tokenizer.json, GGUF metadata, SentencePiece models, tiktoken ranks and tekken files. One
 * pipeline serves them all: added tokens, normalizer, pre-tokenizer, model, frame, decoding.
 */
@NullMarked
package io.jynamo.text.tokenizer;

import org.jspecify.annotations.NullMarked;
