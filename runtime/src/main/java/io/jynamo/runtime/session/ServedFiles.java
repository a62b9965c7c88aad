package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.v1.Fetch;
import io.jynamo.runtime.wire.v1.FilePart;
import io.jynamo.runtime.wire.v1.Goodbye;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sends a worker's text files in the parts a client asks for, one at a time. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
final class ServedFiles {
    private static final int MOST_BYTES = 1 << 20;

    private final Channel channel;
    private final HostedWorker worker;
    private final AtomicBoolean busy = new AtomicBoolean();

    ServedFiles(Channel channel, HostedWorker worker) {
        this.channel = channel;
        this.worker = worker;
    }

    /** Reading may wait for a disk: not on the event loop. */
    void send(Fetch fetch) {
        if (!busy.compareAndSet(false, true)) {
            refuse("one part of a file is sent at a time; wait for it");
            return;
        }
        Thread.ofVirtual().name("serve-text-file").start(() -> {
            try {
                read(fetch);
            } finally {
                busy.set(false);
            }
        });
    }

    private void read(Fetch fetch) {
        TextContent content =
                worker.content(HexFormat.of().formatHex(fetch.getSha256().toByteArray()));
        if (content == null
                || fetch.getOffset() < 0
                || fetch.getOffset() > content.file().size()) {
            refuse("no such file, or no such place in it");
            return;
        }
        long left = content.file().size() - fetch.getOffset();
        int length = (int) Math.min(left, Math.clamp(fetch.getLength(), 1, MOST_BYTES));
        try {
            FilePart part = FilePart.newBuilder()
                    .setSha256(fetch.getSha256())
                    .setOffset(fetch.getOffset())
                    .setContent(ByteString.copyFrom(content.source().read(fetch.getOffset(), length)))
                    .build();
            busy.set(false); // before the client can ask for the next
            channel.writeAndFlush(Frames.encode(
                    channel.alloc(), WorkerFrame.newBuilder().setFilePart(part).build()));
        } catch (IOException unreadable) {
            refuse(content.file().name() + " cannot be read: " + unreadable.getMessage());
        }
    }

    private void refuse(String why) {
        WorkerFrame goodbye = WorkerFrame.newBuilder()
                .setGoodbye(Goodbye.newBuilder()
                        .setCode(ErrorCode.INVALID_REQUEST.id())
                        .setMessage(why))
                .build();
        channel.writeAndFlush(Frames.encode(channel.alloc(), goodbye)).addListener(ChannelFutureListener.CLOSE);
    }
}
