package io.jynamo.conformance;

import io.jynamo.conformance.ObservedStream.Content;
import io.jynamo.conformance.ObservedStream.Ending;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A client over one kept-alive connection: one stream after the other, each event with its time. */
final class StreamClient implements AutoCloseable {
    /** No request takes longer than this, whatever happens: what does is late. */
    static final Duration DEADLINE = Duration.ofSeconds(30);

    private final int requests;
    private @Nullable Socket socket;
    private @Nullable InputStream in;
    private @Nullable URI connectedTo;

    StreamClient() {
        this(LoadMix.REQUESTS);
    }

    StreamClient(int requests) {
        this.requests = requests;
    }

    /** Asks one of the mix's requests and reads its stream to the end, whatever that is. */
    ObservedStream ask(URI frontend, int number) {
        return ask(frontend, number % requests, LoadMix.body(number % requests));
    }

    ObservedStream ask(URI frontend, int number, String body) {
        var seen = new Reading(number);
        try {
            boolean kept = frontend.equals(connectedTo) && socket != null;
            try {
                open(frontend);
                send(frontend, body);
                readHead(seen);
            } catch (IOException stale) {
                if (!kept || stale instanceof SocketTimeoutException) {
                    throw stale;
                }
                close(); // the server had closed the connection between two requests
                open(frontend);
                send(frontend, body);
                readHead(seen);
            }
            readBody(seen);
        } catch (SocketTimeoutException late) {
            seen.end(Ending.LATE, "nothing came for " + DEADLINE);
            close();
        } catch (IOException broken) {
            seen.end(seen.status == 200 ? Ending.CUT : Ending.REFUSED, String.valueOf(broken.getMessage()));
            close();
        }
        return seen.whole();
    }

    private void open(URI frontend) throws IOException {
        if (frontend.equals(connectedTo) && socket != null) {
            return;
        }
        close();
        var fresh = new Socket(frontend.getHost(), frontend.getPort());
        fresh.setTcpNoDelay(true);
        fresh.setSoTimeout((int) DEADLINE.toMillis());
        socket = fresh;
        in = new BufferedInputStream(fresh.getInputStream(), 1 << 14);
        connectedTo = frontend;
    }

    private void send(URI frontend, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("POST /v1/chat/completions HTTP/1.1\r\nHost: " + frontend.getAuthority()
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        connected().getOutputStream().write(all);
    }

    private Socket connected() throws IOException {
        Socket now = socket;
        if (now == null) {
            throw new IOException("not connected");
        }
        return now;
    }

    private InputStream input() throws IOException {
        InputStream now = in;
        if (now == null) {
            throw new IOException("not connected");
        }
        return now;
    }

    private void readHead(Reading seen) throws IOException {
        String status = line();
        boolean chunked = false;
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            if (lower.startsWith("content-length:")) {
                length =
                        Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
            }
        }
        seen.status = Integer.parseInt(status.split(" ", -1)[1]);
        if (!chunked) {
            String body = new String(input().readNBytes(length), StandardCharsets.UTF_8);
            seen.end(Ending.REFUSED, status + " " + body);
        }
    }

    private void readBody(Reading seen) throws IOException {
        if (seen.ending != null) {
            return;
        }
        var rest = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line(), 16);
            byte[] chunk = input().readNBytes(size);
            if (chunk.length < size) {
                throw new EOFException("the body broke off");
            }
            line();
            if (size == 0) {
                break;
            }
            // The server's chunks hold whole events, and an event whole characters.
            rest.append(new String(chunk, StandardCharsets.UTF_8));
            seen.take(rest);
        }
        seen.end();
    }

    private String line() throws IOException {
        InputStream from = input();
        var line = new StringBuilder(64);
        for (int c = from.read(); c != '\n'; c = from.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** Breaks the connection, as a client that leaves does. */
    @Override
    public void close() {
        Socket was = socket;
        socket = null;
        in = null;
        connectedTo = null;
        if (was != null) {
            try {
                was.close();
            } catch (IOException gone) {
                return; // as good as closed
            }
        }
    }

    /** A stream while it is read. */
    private static final class Reading {
        private final int number;
        private final long startNanos = System.nanoTime();
        private final Map<Integer, StringBuilder> texts = new TreeMap<>();
        private final Map<Integer, List<String>> logprobs = new TreeMap<>();
        private final Map<Integer, String> finishes = new TreeMap<>();
        private long[] arrivals = new long[160];
        private int events;
        private int status;
        private String usage = "";
        private String detail = "";
        private boolean done;
        private boolean failed;
        private @Nullable Ending ending;
        private long endNanos;

        Reading(int number) {
            this.number = number;
        }

        /** Takes the whole events out of what has come. */
        void take(StringBuilder rest) {
            int from = 0;
            for (int to = rest.indexOf("\n\n"); to >= 0; to = rest.indexOf("\n\n", from)) {
                event(rest.substring(from, to));
                from = to + 2;
            }
            rest.delete(0, from);
        }

        private void event(String event) {
            if (event.equals("data: [DONE]")) {
                done = true;
                return;
            }
            if (!event.startsWith("data: ")) {
                return; // a comment
            }
            JsonNode chunk = Http.parse(event.substring("data: ".length()));
            if (chunk.has("error")) {
                failed = true;
                detail = chunk.path("error").toString();
                return;
            }
            JsonNode used = chunk.path("usage");
            if (used.isObject()) {
                usage = "prompt " + used.path("prompt_tokens").asInt() + ", output "
                        + used.path("completion_tokens").asInt();
            }
            if (!chunk.path("choices").isEmpty()) {
                arrived();
                chunk.path("choices").forEach(this::choice);
            }
        }

        private void arrived() {
            if (events == arrivals.length) {
                arrivals = Arrays.copyOf(arrivals, 2 * events);
            }
            arrivals[events++] = System.nanoTime();
        }

        private void choice(JsonNode choice) {
            int index = choice.path("index").asInt();
            texts.computeIfAbsent(index, i -> new StringBuilder())
                    .append(choice.path("delta").path("content").asString(""));
            for (JsonNode one : choice.path("logprobs").path("content")) {
                logprobs.computeIfAbsent(index, i -> new ArrayList<>()).add(one.toString());
            }
            if (choice.path("finish_reason").isString()) {
                finishes.merge(index, choice.path("finish_reason").asString(), (first, second) -> first + "+" + second);
            }
        }

        /** The body came to its proper end. */
        void end() {
            Ending how = failed ? Ending.ERROR_EVENT : done ? Ending.COMPLETE : Ending.SILENT;
            if (failed && done) {
                detail = "an error and then [DONE]: " + detail;
            }
            end(how, detail);
        }

        void end(Ending how, String why) {
            if (ending == null) {
                ending = how;
                detail = why;
                endNanos = System.nanoTime();
            }
        }

        ObservedStream whole() {
            Map<Integer, String> said = new TreeMap<>();
            texts.forEach((index, text) -> said.put(index, text.toString()));
            Ending how = ending == null ? Ending.CUT : ending;
            return new ObservedStream(
                    number,
                    how,
                    new Content(said, logprobs, finishes, usage),
                    detail,
                    startNanos,
                    Arrays.copyOf(arrivals, events),
                    endNanos);
        }
    }
}
