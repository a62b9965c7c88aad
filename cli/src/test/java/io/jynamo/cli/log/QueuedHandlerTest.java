package io.jynamo.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueuedHandlerTest {
    private static final int MOST = 100;

    private final StandingStream stream = new StandingStream();
    private final QueuedHandler handler = new QueuedHandler(
            new LineFormatter(false, ZoneOffset.UTC), new PrintStream(stream, true, StandardCharsets.UTF_8), MOST);

    /** Takes nothing until it is let go on. */
    private static final class StandingStream extends OutputStream {
        private final CountDownLatch goesOn = new CountDownLatch(1);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            synchronized (taken) {
                taken.write(bytes, from, count);
            }
        }

        String text() {
            synchronized (taken) {
                return taken.toString(StandardCharsets.UTF_8);
            }
        }
    }

    @AfterEach
    void end() {
        stream.goesOn.countDown();
        handler.close();
    }

    @Test
    void who_logs_does_not_wait_for_a_stream_that_stands_still() {
        for (int i = 0; i < MOST; i++) {
            log("line " + i); // would never return
        }
        assertThat(stream.text()).isEmpty();

        stream.goesOn.countDown();
        handler.flush();

        assertThat(stream.text().lines()).hasSize(MOST).first().asString().endsWith("line 0");
        assertThat(stream.text()).endsWith("line 99\n");
    }

    @Test
    void what_does_not_find_room_is_counted_and_said() {
        for (int i = 0; i < 3 * MOST; i++) {
            log("line " + i);
        }
        stream.goesOn.countDown();
        handler.flush();

        long written =
                stream.text().lines().filter(line -> line.contains("line ")).count();
        assertThat(written).isBetween((long) MOST, MOST + 1L); // one may have been in the writer's hand
        assertThat(stream.text()).contains(3 * MOST - written + " log records were left out");
    }

    @Test
    void a_flush_returns_though_nothing_is_taken() {
        log("a line");
        handler.flush();
        assertThat(stream.text()).isEmpty();
    }

    private void log(String message) {
        var record = new LogRecord(Level.INFO, message);
        record.setLoggerName("io.jynamo.test.Test");
        handler.publish(record);
    }
}
