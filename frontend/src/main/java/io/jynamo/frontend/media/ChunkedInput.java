package io.jynamo.frontend.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body that comes in chunks of HTTP/1.1. What follows its last chunk is not read. */
final class ChunkedInput extends InputStream {
    private static final int MOST_LINE = 256;

    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean over;

    ChunkedInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int count) throws IOException {
        if (left == 0 && !over) {
            begin();
        }
        if (over) {
            return -1;
        }
        int read = in.read(to, offset, (int) Math.min(count, left));
        if (read < 0) {
            throw new EOFException("it broke off");
        }
        left -= read;
        return read;
    }

    private void begin() throws IOException {
        if (!first && !ResponseHead.line(in, new int[] {2}).isEmpty()) {
            throw new IOException("a chunk longer than it said");
        }
        first = false;
        String line = ResponseHead.line(in, new int[] {MOST_LINE});
        int semicolon = line.indexOf(';');
        String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        if (!size.matches("[0-9A-Fa-f]{1,15}")) {
            throw new IOException("a chunk without a size");
        }
        left = Long.parseLong(size, 16);
        over = left == 0;
    }
}
