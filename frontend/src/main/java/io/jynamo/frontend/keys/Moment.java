package io.jynamo.frontend.keys;

/**
 * A time by both clocks.
 *
 * @param millis by a clock that only goes forward, from anywhere
 * @param epochMillis by the clock on the wall
 */
public record Moment(long millis, long epochMillis) {}
