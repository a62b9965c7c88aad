package io.jynamo.runtime.session;

import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.v1.Output;
import io.jynamo.runtime.wire.v1.StreamOutput;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a worker has said and the client was not sent yet. Engines add from their step threads; the event loop takes all
 * there is and sends it as one frame, so that a step of many streams costs one frame and one write.
 *
 * <p>It holds no more than the credit that the session's clients gave their requests. Some give no bound; a client that
 * lets too much of that wait unread loses its session.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
final class Outbox implements Runnable {
    /** Pieces of news in one frame at most: a frame stays far below any limit. */
    private static final int MOST_IN_A_FRAME = 8192;
    /** Bytes after which a frame takes no more pieces: with the largest piece it stays below any limit too. */
    private static final int FULL_FRAME_BYTES = 1 << 19;

    private final Channel channel;
    private final long mostWaitingBytes;
    private final ConcurrentLinkedQueue<News> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final List<ServedStream> touched = new ArrayList<>();
    private volatile boolean closed;

    /** @param mostWaitingBytes that were written and not read; more of them end the connection */
    Outbox(Channel channel, long mostWaitingBytes) {
        this.channel = channel;
        this.mostWaitingBytes = mostWaitingBytes;
    }

    private record News(ServedStream stream, Object what) {}

    /** Any thread; never blocks. */
    void add(ServedStream stream, Object what) {
        if (closed) {
            return;
        }
        waiting.add(new News(stream, what));
        wake();
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            try {
                channel.eventLoop().execute(this);
            } catch (RejectedExecutionException stopped) {
                closed = true; // and with it the client
            }
        }
    }

    @Override
    public void run() {
        woken.set(false);
        boolean wrote = false;
        for (boolean more = true; more; ) {
            more = writeFrame();
            wrote |= more;
            if (!channel.isWritable()) {
                channel.flush(); // what the socket takes now does not wait
            }
            if (channel.bytesBeforeWritable() > mostWaitingBytes) {
                close();
                channel.close();
                return;
            }
        }
        if (wrote) {
            channel.flush();
        }
    }

    private boolean writeFrame() {
        int count = 0;
        int bytes = 0;
        while (count < MOST_IN_A_FRAME && bytes < FULL_FRAME_BYTES) {
            News news = waiting.poll();
            if (news == null) {
                break;
            }
            count++;
            if (closed) {
                continue;
            }
            StreamOutput.Builder output = news.stream.pending;
            if (output == null) {
                output = StreamOutput.newBuilder().setStream(news.stream.number());
                news.stream.pending = output;
                touched.add(news.stream);
            }
            bytes += news.stream.write(output, news.what);
        }
        if (touched.isEmpty()) {
            return false;
        }
        Output.Builder step = Output.newBuilder();
        for (ServedStream stream : touched) {
            if (stream.pending != null) {
                step.addStreams(stream.pending);
                stream.pending = null;
            }
        }
        touched.clear();
        channel.write(
                Frames.encode(
                        channel.alloc(),
                        WorkerFrame.newBuilder().setOutput(step).build()),
                channel.voidPromise());
        return true;
    }

    /** Nothing more is sent. */
    void close() {
        closed = true;
        waiting.clear();
    }
}
