package io.jynamo.engine.weights;

/** The shape of a role's tensor under a configuration; a vector has one row. */
record TensorShape(int rows, int columns) {
    static TensorShape of(TensorRole role, ModelConfig config) {
        int hidden = config.hiddenSize();
        int queries = config.heads() * config.headSize();
        int keys = config.kvHeads() * config.headSize();
        return switch (role) {
            case TOKEN_EMBEDDING, OUTPUT -> new TensorShape(config.vocabularySize(), hidden);
            case OUTPUT_NORM, ATTENTION_NORM, POST_ATTENTION_NORM, FFN_NORM, POST_FFN_NORM, ATTENTION_OUTPUT_BIAS ->
                new TensorShape(1, hidden);
            case ROPE_FACTORS -> new TensorShape(1, config.headSize() / 2);
            case QUERY -> new TensorShape(queries, hidden);
            case KEY, VALUE -> new TensorShape(keys, hidden);
            case QUERY_BIAS -> new TensorShape(1, queries);
            case KEY_BIAS, VALUE_BIAS -> new TensorShape(1, keys);
            case QUERY_NORM, KEY_NORM -> new TensorShape(1, config.headSize());
            case ATTENTION_OUTPUT -> new TensorShape(hidden, queries);
            case FFN_GATE, FFN_UP -> new TensorShape(config.ffnSize(), hidden);
            case FFN_DOWN -> new TensorShape(hidden, config.ffnSize());
        };
    }

    static boolean isPerLayer(TensorRole role) {
        return switch (role) {
            case TOKEN_EMBEDDING, OUTPUT_NORM, OUTPUT, ROPE_FACTORS -> false;
            case ATTENTION_NORM,
                    QUERY,
                    KEY,
                    VALUE,
                    QUERY_BIAS,
                    KEY_BIAS,
                    VALUE_BIAS,
                    QUERY_NORM,
                    KEY_NORM,
                    ATTENTION_OUTPUT,
                    ATTENTION_OUTPUT_BIAS,
                    POST_ATTENTION_NORM,
                    FFN_NORM,
                    FFN_GATE,
                    FFN_UP,
                    FFN_DOWN,
                    POST_FFN_NORM -> true;
        };
    }
}
