package io.jynamo.engine.openai;

/** Whose {@code /v1/chat/completions} a server has. */
public enum ChatKind {
    VLLM,
    SGLANG,
    LLAMA_CPP,
    TRTLLM,
    /** One of which no more is known than OpenAI's fields. */
    OTHER;

    /** How it is told that every token may be drawn. */
    int allTopK() {
        return this == SGLANG ? -1 : 0;
    }
}
