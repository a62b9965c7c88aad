package io.jynamo.frontend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A socket that says exactly what a test wants and reads what comes. */
final class RawSocket implements AutoCloseable {
    final Socket socket;
    private final StringBuilder read = new StringBuilder();

    RawSocket(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    RawSocket say(String text) {
        return say(text.getBytes(StandardCharsets.UTF_8));
    }

    RawSocket say(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return this;
    }

    /** Reads until {@code text} has come; what comes after it stays for the next call. */
    String until(String text) {
        byte[] buffer = new byte[8_192];
        try {
            InputStream in = socket.getInputStream();
            int at = read.indexOf(text);
            while (at < 0) {
                int count = in.read(buffer);
                if (count < 0) {
                    throw new AssertionError("closed before '" + text + "' came, after: " + read);
                }
                read.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
                at = read.indexOf(text);
            }
            String taken = read.substring(0, at + text.length());
            read.delete(0, at + text.length());
            return taken;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Everything up to the end of the connection. */
    String rest() {
        byte[] buffer = new byte[8_192];
        try {
            InputStream in = socket.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                read.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
        } catch (IOException reset) {
            read.append("<reset>");
        }
        String all = read.toString();
        read.setLength(0);
        return all;
    }

    static String post(String path, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: x\r\n");
        head.append("Content-Type: application/json\r\nContent-Length: ")
                .append(bytes.length)
                .append("\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").append(body).toString();
    }

    /** Closes in the middle of things. */
    void leave() {
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
