package io.jynamo.frontend.keys;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The audit log: one line of JSON for each request that ended, written by a thread of its own.
 *
 * <p>Nobody waits for it. Rows that find the queue full, or the disk, are dropped, counted, and told in the log once a
 * minute: what is served does not depend on where it is written down.
 */
public final class AuditLog implements AuditSink, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());

    /** Rows that wait at most. */
    static final int MOST_ROWS = 8_192;

    /** What they take at most, in bytes. */
    static final long MOST_BYTES = 32 << 20;

    private static final int BATCH_ROWS = 256;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int PAYLOAD_BYTES = 64 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long TELL_NANOS = Duration.ofMinutes(1).toNanos();

    private final String name;
    private final AuditWriter writer;
    private final boolean payloads;
    private final ArrayBlockingQueue<AuditRow> queue = new ArrayBlockingQueue<>(MOST_ROWS);
    private final AtomicLong held = new AtomicLong();
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Thread thread = Thread.ofPlatform().daemon().name("audit-log").unstarted(this::run);
    private volatile boolean closed;
    private volatile String problem = "";
    private long toldDrops;
    private long toldNanos;

    AuditLog(String name, AuditWriter writer, boolean payloads) {
        this.name = name;
        this.writer = writer;
        this.payloads = payloads;
        this.toldNanos = System.nanoTime() - TELL_NANOS;
    }

    /**
     * Opens the file and writes from now on.
     *
     * @throws JynamoException INVALID_CONFIGURATION when it cannot be opened
     */
    public static AuditLog start(AuditOptions options) {
        AuditFile file = new AuditFile(options);
        try {
            file.append(new byte[0]);
        } catch (IOException refused) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--audit-log " + options.file() + " cannot be opened: " + reason(refused),
                    refused);
        }
        return new AuditLog(options.file().toString(), file, options.payloads()).start();
    }

    AuditLog start() {
        thread.start();
        return this;
    }

    @Override
    public int payloadBytes() {
        return payloads ? PAYLOAD_BYTES : 0;
    }

    @Override
    public void offer(AuditRow row) {
        if (closed || !isTaken(row)) {
            if (problem.isEmpty()) {
                problem = "rows come faster than they are written";
            }
            dropped.increment();
        }
    }

    private boolean isTaken(AuditRow row) {
        int size = row.size();
        boolean taken = held.addAndGet(size) <= MOST_BYTES && queue.offer(row);
        if (!taken) {
            held.addAndGet(-size);
        }
        return taken;
    }

    /** Rows that were written. */
    public long written() {
        return written.sum();
    }

    /** Rows that were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    private void run() {
        List<AuditRow> rows = new ArrayList<>();
        while (!closed || !queue.isEmpty()) {
            try {
                AuditRow first = queue.poll(PATIENCE.toMillis() / 4, TimeUnit.MILLISECONDS);
                if (first != null) {
                    rows.add(first);
                    queue.drainTo(rows, BATCH_ROWS);
                    write(rows);
                }
            } catch (InterruptedException hurry) {
                break;
            } catch (RuntimeException defect) {
                LOG.log(System.Logger.Level.ERROR, "audit rows are lost to a defect", defect);
                dropped.add(rows.size());
            } finally {
                rows.forEach(row -> held.addAndGet(-row.size()));
                rows.clear();
            }
            tell(System.nanoTime());
        }
        toldNanos = System.nanoTime() - TELL_NANOS;
        tell(System.nanoTime());
    }

    private void write(List<AuditRow> rows) {
        var batch = new ByteArrayOutputStream();
        int count = 0;
        for (AuditRow row : rows) {
            batch.writeBytes(row.line());
            count++;
            if (batch.size() >= BATCH_BYTES) {
                append(batch, count);
                count = 0;
            }
        }
        append(batch, count);
    }

    private void append(ByteArrayOutputStream batch, int rows) {
        if (rows == 0) {
            return;
        }
        try {
            writer.append(batch.toByteArray());
            written.add(rows);
        } catch (IOException failed) {
            problem = reason(failed);
            dropped.add(rows);
        }
        batch.reset();
    }

    private void tell(long nowNanos) {
        long drops = dropped.sum();
        if (drops > toldDrops && nowNanos - toldNanos >= TELL_NANOS) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "audit log " + name + ": " + (drops - toldDrops) + " rows were dropped: " + problem);
            toldDrops = drops;
            toldNanos = nowNanos;
            problem = "";
        }
    }

    private static String reason(IOException failed) {
        String message = failed.getMessage();
        return message == null ? failed.getClass().getSimpleName() : message;
    }

    /** Writes what waits, for two seconds at most. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!thread.join(PATIENCE)) {
                thread.interrupt();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "audit log " + name + ": " + queue.size() + " rows were not written before the end");
            } else {
                writer.close();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } catch (IOException late) {
            LOG.log(System.Logger.Level.WARNING, "audit log " + name + " was not closed: " + reason(late));
        }
    }
}
