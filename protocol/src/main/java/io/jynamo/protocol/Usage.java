package io.jynamo.protocol;

/** What a request consumed, in tokens; {@code cached} is the part of {@code prompt} that was not computed. */
public record Usage(int prompt, int cached, int output) {}
