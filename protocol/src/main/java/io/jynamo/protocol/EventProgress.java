package io.jynamo.protocol;

/**
 * How far a worker of another process has come with telling its KV events, as it last said. No clock but the asker's own
 * is in it.
 *
 * @param lastId of the newest event that it had told when it answered
 * @param askedNanos when it was asked, by the asker's clock: what it had told by then has arrived here
 */
public record EventProgress(long lastId, long askedNanos) {}
