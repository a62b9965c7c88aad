package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Fetch;
import io.jynamo.runtime.wire.v1.FilePart;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A file of a worker while it is read, part by part, over its session. */
final class FileFetch {
    private static final int PART_BYTES = 1 << 20;

    private final RemoteWorker worker;
    private final TextFile file;
    /** At most one part is on its way, and one word that none will come. */
    private final ArrayBlockingQueue<Object> arrived = new ArrayBlockingQueue<>(2);

    FileFetch(RemoteWorker worker, TextFile file) {
        this.worker = worker;
        this.file = file;
    }

    /** Why no more will come. */
    private record Lost(String why) {}

    void read(OutputStream to, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        MessageDigest sha256 = TextContent.sha256();
        try {
            long at = 0;
            do {
                ask(at);
                byte[] part = await(deadline, limit);
                if (part.length == 0 && at < file.size()) {
                    throw corrupt("ended after " + at + " bytes");
                }
                to.write(part);
                sha256.update(part);
                at += part.length;
            } while (at < file.size());
            if (at != file.size() || !MessageDigest.isEqual(sha256.digest(), file.sha256())) {
                throw corrupt("is not what its digest says");
            }
        } finally {
            worker.onLoop(this::leave);
        }
    }

    private void ask(long offset) {
        boolean running = worker.onLoop(() -> {
            ClientSession session = worker.session();
            if (session == null) {
                onLost(worker.lastFailure());
            } else if (offset == 0 && !session.enter(this)) {
                onLost("another file is being read");
            } else {
                session.send(ClientFrame.newBuilder()
                        .setFetch(Fetch.newBuilder()
                                .setSha256(ByteString.copyFrom(file.sha256()))
                                .setOffset(offset)
                                .setLength(PART_BYTES)));
            }
        });
        if (!running) {
            onLost("the process is stopping");
        }
    }

    private byte[] await(long deadline, Duration limit) throws InterruptedException {
        Object what = arrived.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return switch (what) {
            case null ->
                throw new JynamoException(
                        ErrorCode.DEADLINE_EXCEEDED,
                        file.name() + " did not come from worker " + worker.id() + " within " + limit);
            case byte[] part -> part;
            case Lost lost ->
                throw new JynamoException(
                        ErrorCode.WORKER_LOST,
                        file.name() + " cannot be read from worker " + worker.id() + ": " + lost.why());
            default -> throw new IllegalStateException("not a part: " + what);
        };
    }

    private void leave() {
        ClientSession session = worker.session();
        if (session != null) {
            session.leave(this);
        }
    }

    /** Event loop. */
    void onPart(FilePart part) {
        if (!arrived.offer(part.getContent().toByteArray())) {
            onLost("it sends more than was asked for");
        }
    }

    void onLost(String why) {
        arrived.offer(new Lost(why));
    }

    private JynamoException corrupt(String how) {
        return new JynamoException(ErrorCode.MODEL_FILE_CORRUPT, file.name() + " of worker " + worker.id() + " " + how);
    }
}
