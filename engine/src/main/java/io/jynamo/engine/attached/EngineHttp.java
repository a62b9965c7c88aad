package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The HTTP connections to one engine: questions that have one answer, and requests whose answer is a stream. */
public final class EngineHttp implements AutoCloseable {
    /** A page longer than this is not read further. */
    private static final int MOST_PAGE_BYTES = 8 << 20;
    /** vLLM's header: which of the engines behind one server computes a request. */
    private static final String RANK = "X-data-parallel-rank";

    private final String url;
    private final Map<String, String> headers;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;

    /** Those of the options' engine, and of its rank where they name one. They are made when they are needed. */
    public EngineHttp(AttachOptions options) {
        String text = options.url().toString();
        this.url = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        this.headers = headers(options);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(options.connectLimit())
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .executor(threads)
                .build();
    }

    private static Map<String, String> headers(AttachOptions options) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (options.apiKey() != null) {
            headers.put("Authorization", "Bearer " + options.apiKey());
        }
        if (options.rank() != null) {
            headers.put(RANK, options.rank().toString());
        }
        return Map.copyOf(headers);
    }

    /** A page: its status, its text and who served it. */
    public record Page(int status, String text, String server) {
        public boolean ok() {
            return status == 200;
        }
    }

    public String url() {
        return url;
    }

    /** Reads a page. Whoever does not answer in time is as lost as who does not answer at all. */
    public Page get(String path, Duration limit) {
        return ask(request(path).GET().build(), limit);
    }

    /** Posts a question whose answer is short. */
    public Page post(String path, byte[] body, Duration limit) {
        return ask(post(path, body), limit);
    }

    private Page ask(HttpRequest request, Duration limit) {
        CompletableFuture<HttpResponse<InputStream>> answer = client.sendAsync(request, BodyHandlers.ofInputStream());
        CompletableFuture<Page> page = answer.thenApplyAsync(EngineHttp::read, threads);
        try {
            return page.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw lost(request, "did not answer within " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw lost(request, "does not answer: " + reason(e.getCause()), e.getCause());
        } catch (CancellationException e) {
            throw lost(request, "was not waited for", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lost(request, "was not waited for", e);
        } finally {
            if (!page.isDone()) {
                new Exchange(answer).end();
            }
        }
    }

    private static Page read(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            String text = new String(body.readNBytes(MOST_PAGE_BYTES), StandardCharsets.UTF_8);
            return new Page(
                    response.statusCode(),
                    text,
                    response.headers().firstValue("server").orElse(""));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Starts a request whose answer is a stream. */
    Exchange open(String path, byte[] body) {
        return new Exchange(client.sendAsync(post(path, body), BodyHandlers.ofInputStream()));
    }

    /** Ends every exchange. */
    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }

    private HttpRequest post(String path, byte[] body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        headers.forEach(request::header);
        return request;
    }

    private JynamoException lost(HttpRequest request, String what, @Nullable Throwable cause) {
        return new JynamoException(
                ErrorCode.WORKER_LOST,
                "the engine at " + url + " " + what + " (" + request.method() + " "
                        + request.uri().getPath() + ")",
                cause);
    }

    /** What an I/O failure is in words; many have no message. */
    static String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return "for no reason given";
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return "the connection took too long";
        }
        if (failure instanceof ConnectException) {
            return "the connection was refused";
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // It is thrown away either way.
        }
    }

    /** One request on its way; ending it from any thread closes its connection, so that the engine stops computing. */
    static final class Exchange {
        private final CompletableFuture<HttpResponse<InputStream>> answer;
        private volatile boolean ended;

        private Exchange(CompletableFuture<HttpResponse<InputStream>> answer) {
            this.answer = answer;
        }

        /** Waits for status and headers. */
        HttpResponse<InputStream> await() throws IOException, InterruptedException {
            try {
                HttpResponse<InputStream> response = answer.get();
                if (ended) {
                    closeQuietly(response.body());
                }
                return response;
            } catch (CancellationException e) {
                throw new IOException("ended", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            }
        }

        void end() {
            ended = true;
            if (!answer.cancel(true) && !answer.isCompletedExceptionally()) {
                closeQuietly(answer.join().body());
            }
        }
    }
}
