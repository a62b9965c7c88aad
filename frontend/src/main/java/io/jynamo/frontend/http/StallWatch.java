package io.jynamo.frontend.http;

import io.netty.channel.Channel;

/** Notices that nobody reads at the other end of a channel. Event loop only. */
final class StallWatch {
    private long mark;
    private long sinceNanos = System.nanoTime();

    /** Whether bytes lie unsent and none has left for so long. */
    boolean isStalled(Channel channel, long nowNanos, long patienceNanos) {
        if (channel.isWritable()) {
            sinceNanos = nowNanos;
            return false;
        }
        long left = channel.bytesBeforeWritable();
        if (left != mark) {
            mark = left;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos > patienceNanos;
    }
}
