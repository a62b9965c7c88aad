package io.jynamo.frontend.batch;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
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
     * @param offset of its first byte in the file
     * @param bytes or null where there are more than may be
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never shared
    record Line(int index, int number, long offset, byte @Nullable [] bytes) {}

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final int mostBytes;
    private int index;
    private int number;
    private long offset;

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

    /**
     * The line that begins there.
     *
     * @throws UncheckedIOException also where the file ends before it
     */
    static byte[] at(Path file, long offset, int mostBytes) {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            InputStream in = Channels.newInputStream(channel.position(offset));
            Line line = new LineReader(new BufferedInputStream(in, BUFFER_BYTES), mostBytes).next();
            if (line == null || line.bytes() == null) {
                throw new EOFException("no line at " + offset);
            }
            return line.bytes();
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
                long begin = offset;
                int one = read();
                if (one < 0) {
                    return null;
                }
                for (number++; one >= 0 && one != '\n'; one = read()) {
                    blank &= one <= ' ';
                    tooLong |= line.size() == mostBytes;
                    if (!tooLong) {
                        line.write(one);
                    }
                }
                if (!blank) {
                    return new Line(index++, number, begin, tooLong ? null : line.toByteArray());
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private int read() throws IOException {
        offset++;
        return in.read();
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
