package io.jynamo.engine.attached;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A small HTTP/1.1 server on a free port that does what a test says, broken answers included. */
public final class FakeServer implements AutoCloseable {
    /** What the server does with one call. */
    @FunctionalInterface
    public interface Handler {
        void handle(Call call, Reply reply) throws IOException;
    }

    /** One request. Header names are in lower case. */
    public record Call(String method, String path, Map<String, String> headers, String body) {}

    private final ServerSocket listener;
    private final Handler handler;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private int accepted;

    public FakeServer(Handler handler) {
        this.handler = handler;
        try {
            listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Every call so far. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** How many connections were made. */
    public synchronized int accepted() {
        return accepted;
    }

    public int openConnections() {
        return connections.size();
    }

    /** Resets every connection and refuses new ones, as a killed process does. */
    public void kill() {
        try {
            listener.close();
            for (Socket socket : connections) {
                reset(socket);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It was closed already.
        }
    }

    @Override
    public void close() {
        kill();
        threads.close();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                synchronized (this) {
                    accepted++;
                }
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Call call = read(in); call != null; call = read(in)) {
                calls.add(call);
                Reply reply = new Reply(socket, in);
                handler.handle(call, reply);
                if (reply.over) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client left, or the server was killed.
        } finally {
            connections.remove(socket);
        }
    }

    private static @Nullable Call read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] words = first.split(" ", 3);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Call(words[0], words[1], headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** The answer to one call. */
    public static final class Reply {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private boolean over;

        Reply(Socket socket, InputStream in) throws IOException {
            this.socket = socket;
            this.in = in;
            out = socket.getOutputStream();
        }

        /** A whole answer. */
        public void whole(int status, String type, String body, String... headers) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            out.write((head(status, type, headers) + "Content-Length: " + bytes.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes);
            out.flush();
        }

        /** The header of an answer that comes in pieces. */
        public void begin(int status, String type) throws IOException {
            out.write(
                    (head(status, type) + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        public void piece(String text) throws IOException {
            piece(text.getBytes(StandardCharsets.UTF_8));
        }

        public void piece(byte[] bytes) throws IOException {
            out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes);
            out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** The end of an answer in pieces. */
        public void end() throws IOException {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Closes the connection in the middle. */
        public void cut() throws IOException {
            over = true;
            socket.close();
        }

        /** Says nothing more until the client closes the connection. */
        public void hang() throws IOException {
            over = true;
            while (in.read() >= 0) {
                // Nothing is expected.
            }
        }

        private static String head(int status, String type, String... headers) {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Test\r\nContent-Type: " + type + "\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            return head.toString();
        }
    }
}
