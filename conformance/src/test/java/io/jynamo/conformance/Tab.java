package io.jynamo.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One tab of a {@link Browser}: what is typed and asked there, and what it complained of and called meanwhile. */
final class Tab implements WebSocket.Listener, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long PAUSE_NANOS = Duration.ofMillis(30).toNanos();

    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<URI> requests = new CopyOnWriteArrayList<>();
    private final StringBuilder partial = new StringBuilder();
    private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();

    private Tab() {}

    static Tab connect(URI debugger) {
        Tab tab = new Tab();
        Http.CLIENT.newWebSocketBuilder().buildAsync(debugger, tab).join();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            tab.ask(domain + ".enable", Map.of());
        }
        return tab;
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket.complete(opened);
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            JsonNode message = Http.parse(partial.toString());
            partial.setLength(0);
            onMessage(message);
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    private void onMessage(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = asked.remove(message.path("id").asInt());
            if (answer != null) {
                answer.complete(message);
            }
            return;
        }
        JsonNode told = message.path("params");
        switch (message.path("method").asString("")) {
            case "Runtime.exceptionThrown" -> complaints.add(told.toString());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "warning", "assert")
                        .contains(told.path("type").asString(""))) {
                    complaints.add(told.toString());
                }
            }
            case "Log.entryAdded" -> complaints.add(told.path("entry").toString());
            case "Network.requestWillBeSent" ->
                requests.add(URI.create(told.path("request").path("url").asString()));
            default -> {}
        }
    }

    /** Sends a command of the protocol and returns its result. */
    JsonNode ask(String method, Map<String, ?> parameters) {
        int number = numbers.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        asked.put(number, answer);
        String text =
                JsonMapper.shared().writeValueAsString(Map.of("id", number, "method", method, "params", parameters));
        try {
            synchronized (this) {
                socket.get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .sendText(text, true)
                        .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            JsonNode message = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (message.has("error")) {
                throw new AssertionError(method + ": " + message.path("error"));
            }
            return message.path("result");
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(method + " was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Goes to a page and waits until it has loaded. */
    void visit(URI page) {
        ask("Page.navigate", Map.of("url", page.toString()));
        await("document.readyState === 'complete' && location.href.startsWith('" + page + "')");
    }

    /** The value of a JavaScript expression. */
    JsonNode value(String expression) {
        JsonNode result = ask(
                "Runtime.evaluate",
                Map.of("expression", expression, "returnByValue", true, "awaitPromise", true, "userGesture", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + " failed: " + result.path("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    String text(String selector) {
        return value("document.querySelector('" + selector + "')?.innerText ?? ''")
                .asString("");
    }

    /** Waits until an expression is true; a page cannot be waited for in any other way. */
    void await(String expression) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!value("Boolean(" + expression + ")").asBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never true: " + expression + "\ncomplaints: " + complaints + "\npage:\n"
                        + value("document.body.innerText").asString(""));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    void click(String selector) {
        value("document.querySelector('" + selector + "').click()");
    }

    /** Types text where the focus is. */
    void type(String text) {
        ask("Input.insertText", Map.of("text", text));
    }

    /** Presses a key by its name, for example {@code Tab} or {@code Enter}. */
    void press(String key) {
        int code = switch (key) {
            case "Tab" -> 9;
            case "Enter" -> 13;
            case "Escape" -> 27;
            case " " -> 32;
            default -> throw new IllegalArgumentException(key);
        };
        String text = switch (key) {
            case "Enter" -> "\r";
            case " " -> " ";
            default -> "";
        };
        String name = key.equals(" ") ? "Space" : key;
        Map<String, Object> down = Map.of(
                "type",
                text.isEmpty() ? "rawKeyDown" : "keyDown",
                "key",
                key,
                "code",
                name,
                "windowsVirtualKeyCode",
                code,
                "text",
                text);
        ask("Input.dispatchKeyEvent", down);
        ask("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", name, "windowsVirtualKeyCode", code));
    }

    /** The id of the focused element, or its text where it has none. */
    String focused() {
        return value("document.activeElement.id || document.activeElement.innerText")
                .asString("");
    }

    void size(int width, int height, boolean phone) {
        ask(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", phone ? 2 : 1, "mobile", phone));
    }

    /** Sets what the page is told of its reader's wishes, for example {@code prefers-color-scheme}. */
    void prefer(String feature, String value) {
        ask("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    void screenshot(Path file) {
        String data = ask("Page.captureScreenshot", Map.of("format", "png"))
                .path("data")
                .asString();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Errors, warnings and violations so far. */
    List<String> complaints() {
        return complaints;
    }

    /** Everything it asked for so far. */
    List<URI> requests() {
        return requests;
    }

    @Override
    public void close() {
        ask("Page.close", Map.of());
        socket.join().abort();
    }
}
