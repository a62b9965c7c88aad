package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.Disk;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * The lines that a batch has written to one of its files, of which only the end is ever touched. One thread.
 *
 * <p>How it works. A line's id has the batch's own and, in its last eight digits, the index of the line of the input that it
 * answers: what is in the file says what is done, and nothing else does. Opening it reads all lines and cuts the file where the
 * first is not whole, which a crash may have left. A whole line ends with a brace and a line's end and has no control byte: a
 * page that never reached the disk is zeros.
 */
final class LineLog implements Closeable {
    private static final int INDEX_DIGITS = 8;

    private final FileChannel file;
    private final byte[] prefix;
    private long size;
    private int count;
    private boolean dirty;

    private LineLog(FileChannel file, byte[] prefix) {
        this.file = file;
        this.prefix = prefix;
    }

    /** The id of an answer to a line. */
    static String id(String batch, int index) {
        return idPrefix(batch) + String.format("%08x", index);
    }

    private static String idPrefix(String batch) {
        return "batch_req_" + batch.substring("batch_".length());
    }

    /** @param done is told the indexes of the lines that are there */
    static LineLog open(Path path, String batch, BitSet done) {
        try {
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            LineLog log = new LineLog(file, ("{\"id\":\"" + idPrefix(batch)).getBytes(StandardCharsets.US_ASCII));
            log.recover(done);
            return log;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void recover(BitSet done) throws IOException {
        InputStream in = new BufferedInputStream(Channels.newInputStream(file.position(0)), 1 << 16);
        long at = 0;
        byte[] head = new byte[prefix.length + INDEX_DIGITS];
        while (true) {
            int length = 0;
            int last = 0;
            int one = in.read();
            boolean clean = true;
            for (; one >= 0 && one != '\n'; one = in.read()) {
                if (length < head.length) {
                    head[length] = (byte) one;
                }
                clean &= one >= ' ';
                last = one;
                length++;
            }
            int index = clean && one == '\n' && last == '}' && length > head.length ? index(head) : -1;
            if (index < 0 || done.get(index)) {
                break;
            }
            done.set(index);
            count++;
            at += length + 1;
        }
        size = at;
        if (file.size() > size) {
            file.truncate(size);
        }
    }

    private int index(byte[] head) {
        for (int i = 0; i < prefix.length; i++) {
            if (head[i] != prefix[i]) {
                return -1;
            }
        }
        try {
            return Integer.parseInt(new String(head, prefix.length, INDEX_DIGITS, StandardCharsets.ISO_8859_1), 16);
        } catch (NumberFormatException none) {
            return -1;
        }
    }

    /** Adds a line; after a failure the file is as it was before. */
    void append(byte[] line) {
        try {
            file.position(size);
            Disk.writeAll(file, line, 0, line.length);
            size += line.length;
            count++;
            dirty = true;
        } catch (IOException failed) {
            cut();
            throw new UncheckedIOException(failed);
        }
    }

    private void cut() {
        try {
            file.truncate(size);
        } catch (IOException again) {
            throw new UncheckedIOException(again);
        }
    }

    /** Has all on the disk. */
    void force() {
        try {
            if (dirty) {
                file.force(false);
                dirty = false;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** In bytes. */
    long size() {
        return size;
    }

    int count() {
        return count;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
