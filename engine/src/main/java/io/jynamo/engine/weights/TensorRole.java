package io.jynamo.engine.weights;

/** What a tensor is for, whatever its name in the file. */
public enum TensorRole {
    TOKEN_EMBEDDING,
    OUTPUT_NORM,
    /** Absent where the embedding doubles as the output matrix. */
    OUTPUT,
    /** Optional divisors of the rotary frequencies, headSize / 2 numbers (Llama 3). */
    ROPE_FACTORS,
    ATTENTION_NORM,
    QUERY,
    KEY,
    VALUE,
    QUERY_BIAS,
    KEY_BIAS,
    VALUE_BIAS,
    /** RMS norm over each query head (Qwen3, Gemma 3). */
    QUERY_NORM,
    KEY_NORM,
    ATTENTION_OUTPUT,
    ATTENTION_OUTPUT_BIAS,
    /** RMS norm of the attention result before the residual sum (Gemma 3). */
    POST_ATTENTION_NORM,
    FFN_NORM,
    FFN_GATE,
    FFN_UP,
    FFN_DOWN,
    /** RMS norm of the feed-forward result before the residual sum (Gemma 3). */
    POST_FFN_NORM
}
