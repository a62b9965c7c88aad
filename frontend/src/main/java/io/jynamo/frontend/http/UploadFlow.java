package io.jynamo.frontend.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request on its way to a {@link BodySink}, read no faster than that takes it. Event loop.
 *
 * <p>The sink says when it wants no more for now; the socket is not read then, and TCP's or h2's own window holds the client
 * up.
 */
final class UploadFlow {
    /** What became of a part. */
    enum Outcome {
        TAKEN,
        TOO_LARGE,
        /** The rest of the body is not wanted. */
        UNWANTED
    }

    private final Channel channel;
    private final long limit;
    private @Nullable BodySink sink;
    private long taken;
    private boolean waits;

    private UploadFlow(Channel channel, long limit) {
        this.channel = channel;
        this.limit = limit;
    }

    static UploadFlow open(UploadEndpoint endpoint, Exchange exchange, Channel channel) {
        UploadFlow flow = new UploadFlow(channel, endpoint.limit());
        flow.sink = endpoint.open(exchange, flow::readOn);
        return flow;
    }

    Outcome pour(ByteBuf part) {
        BodySink into = sink;
        taken += part.readableBytes();
        if (taken > limit || into == null) {
            return Outcome.TOO_LARGE;
        }
        byte[] bytes = new byte[part.readableBytes()];
        part.readBytes(bytes);
        switch (into.take(bytes)) {
            case GO_ON -> {}
            case WAIT -> {
                waits = true;
                channel.config().setAutoRead(false);
            }
            case STOP -> {
                return Outcome.UNWANTED;
            }
        }
        return Outcome.TAKEN;
    }

    /** Why the rest is not wanted. */
    Answer refusal() {
        BodySink into = sink;
        if (into == null) {
            throw new IllegalStateException("nothing was opened");
        }
        return into.refusal();
    }

    /** Whether the sink wants nothing for now. */
    boolean waits() {
        return waits;
    }

    /** The sink wants more; any thread. */
    private void readOn() {
        channel.eventLoop().execute(() -> {
            if (waits) {
                waits = false;
                channel.config().setAutoRead(true);
            }
        });
    }

    /** Nothing more comes; the rest of the body is read and dropped. */
    void abandon() {
        readOn();
        if (sink != null) {
            sink.abandon();
        }
    }
}
