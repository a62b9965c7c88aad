package io.jynamo.protocol;

/**
 * What others than the caller have given a worker and it has not finished, as the worker counts it. It is a state and no
 * change: whoever missed one is right again with the next, and what a caller had given is gone with its connection.
 *
 * @param requests running or waiting, each choice counted
 * @param prefillTokens prompt tokens still to compute
 * @param blocks KV blocks of prompts and output
 */
public record OthersLoad(int requests, long prefillTokens, long blocks) {
    public static final OthersLoad NONE = new OthersLoad(0, 0, 0);
}
