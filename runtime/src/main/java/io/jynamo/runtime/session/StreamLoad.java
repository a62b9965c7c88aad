package io.jynamo.runtime.session;

/** What one request puts on its worker, entered in its session's share and taken back in the end. Event loop. */
final class StreamLoad {
    private final LoadShares.Share share;
    private final int choices;
    private final int blockTokens;
    private final int promptTokens;
    private long waiting;
    private long outputTokens;
    private long blocks;
    private boolean over;

    StreamLoad(LoadShares.Share share, int choices, int promptTokens, int blockTokens) {
        this.share = share;
        this.choices = choices;
        this.promptTokens = promptTokens;
        this.blockTokens = blockTokens;
        waiting = promptTokens;
        blocks = Math.ceilDiv(promptTokens, blockTokens);
        share.add(choices, waiting, blocks);
    }

    void onPrompt() {
        if (!over && waiting > 0) {
            share.add(0, -waiting, 0);
            waiting = 0;
        }
    }

    void onTokens(int tokens) {
        outputTokens += tokens;
        long now = Math.ceilDiv(promptTokens + outputTokens, blockTokens);
        if (!over && now != blocks) {
            share.add(0, 0, now - blocks);
            blocks = now;
        }
    }

    void onEnd() {
        if (!over) {
            over = true;
            share.add(-choices, -waiting, -blocks);
        }
    }
}
