package io.jynamo.frontend.batch;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a batch's input one after the other; blank ones are none. One thread. */
final class LineReader implements Closeable {
    /**
     * One line that is not blank.
     *
     * @param index among these, from 0
     * @param number among all, from 1
     * @param bytes or null where there are more than may be
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never shared
    record Line(int index, int number, byte @Nullable [] bytes) {}

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final int mostBytes;
    private int index;
    private int number;

    private LineReader(InputStream in, int mostBytes) {
        this.in = in;
        this.mostBytes = mostBytes;
    }

    /** @param mostBytes of a line */
    static LineReader open(Path file, int mostBytes) {
        try {
            return new LineReader(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES), mostBytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The next line, or null at the end. */
    @Nullable
    Line next() {
        try {
            while (true) {
                ByteArrayOutputStream line = new ByteArrayOutputStream(512);
                boolean blank = true;
                boolean tooLong = false;
                int one = in.read();
                if (one < 0) {
                    return null;
                }
                for (number++; one >= 0 && one != '\n'; one = in.read()) {
                    blank &= one <= ' ';
                    tooLong |= line.size() == mostBytes;
                    if (!tooLong) {
                        line.write(one);
                    }
                }
                if (!blank) {
                    return new Line(index++, number, tooLong ? null : line.toByteArray());
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
