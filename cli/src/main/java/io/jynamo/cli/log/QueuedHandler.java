package io.jynamo.cli.log;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * A log handler that nobody who logs waits for. A thread of its own writes the lines, each as one write; where the stream
 * takes none, because its disk or its reader stands still, so many wait, and the others are counted and left out: an event
 * loop that stood still with it would take every stream of the process along.
 */
final class QueuedHandler extends Handler {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final PrintStream to;
    private final ArrayBlockingQueue<Entry> waiting;
    private final AtomicLong leftOut = new AtomicLong();
    private final Thread writer;

    /** What the writer does next. */
    private sealed interface Entry {
        record Line(String text) implements Entry {}

        /** Says that all before it is written. */
        record Mark(CountDownLatch reached) implements Entry {}

        record End() implements Entry {}
    }

    /** @param most lines that wait at one time */
    QueuedHandler(Formatter formatter, PrintStream to, int most) {
        setFormatter(formatter);
        this.to = to;
        this.waiting = new ArrayBlockingQueue<>(most);
        this.writer = Thread.ofPlatform().daemon().name("log").start(this::write);
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record) && !waiting.offer(new Entry.Line(getFormatter().format(record)))) {
            leftOut.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (true) {
                switch (waiting.take()) {
                    case Entry.Line(String text) -> to.print(text);
                    case Entry.Mark(CountDownLatch reached) -> {
                        sayWhatIsMissing();
                        to.flush();
                        reached.countDown();
                    }
                    case Entry.End() -> {
                        return;
                    }
                }
                if (waiting.isEmpty()) {
                    sayWhatIsMissing();
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayWhatIsMissing() {
        long missing = leftOut.getAndSet(0);
        if (missing > 0) {
            var record = new LogRecord(
                    Level.WARNING, missing + " log records were left out: standard error did not take them in time");
            record.setLoggerName(QueuedHandler.class.getName());
            to.print(getFormatter().format(record));
        }
    }

    /** Returns when all that was logged before is written, or after two seconds. */
    @Override
    public void flush() {
        var reached = new CountDownLatch(1);
        try {
            boolean written =
                    pass(new Entry.Mark(reached)) && reached.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (!written) {
                return; // a process that ends waits for no disk that does not answer
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean pass(Entry entry) {
        try {
            return waiting.offer(entry, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        if (!pass(new Entry.End())) {
            writer.interrupt(); // it stands in a write; the thread ends with it, or with the process
        }
    }
}
