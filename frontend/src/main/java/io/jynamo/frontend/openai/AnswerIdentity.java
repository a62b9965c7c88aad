package io.jynamo.frontend.openai;

/**
 * What every chunk and body of one answer repeats.
 *
 * @param id {@code chatcmpl-…} or {@code cmpl-…}
 * @param createdSeconds Unix time
 * @param model served name
 * @param fingerprint names model and build
 */
public record AnswerIdentity(String id, long createdSeconds, String model, String fingerprint) {}
