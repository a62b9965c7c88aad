package io.jynamo.frontend.metrics;

/** Label values of one kind of request, as Dynamo's frontend writes them. */
public record Kind(String endpoint, boolean stream) {
    public static final String CHAT = "chat_completions";
    public static final String COMPLETIONS = "completions";
    public static final String RESPONSES = "responses";
    public static final String EMBEDDINGS = "embeddings";
    public static final String RERANK = "rerank";
    public static final String SCORE = "score";
    public static final String MESSAGES = "anthropic_messages";

    public String requestType() {
        return stream ? "stream" : "unary";
    }
}
