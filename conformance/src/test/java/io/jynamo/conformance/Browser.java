package io.jynamo.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A headless Chromium of this machine, driven over its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String LISTENING = "DevTools listening on ";

    private final Process process;
    private final Path profile;
    private final URI devTools;

    private Browser(Process process, Path profile, URI devTools) {
        this.process = process;
        this.profile = profile;
        this.devTools = devTools;
    }

    /** Where it is, if it is here. */
    static Optional<Path> find() {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .flatMap(folder -> Stream.of(Path.of(folder, "chromium"), Path.of(folder, "google-chrome")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser start(Path executable) {
        try {
            Path profile = Files.createTempDirectory("jynamo-browser");
            Process process = new ProcessBuilder(List.of(
                            executable.toString(),
                            "--headless=new",
                            "--no-sandbox", // it is root in containers, and loads no page but ours
                            "--remote-debugging-port=0",
                            "--remote-allow-origins=*",
                            "--user-data-dir=" + profile,
                            "--no-first-run",
                            "--no-default-browser-check",
                            "--no-proxy-server",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-extensions",
                            "--disable-sync",
                            "--hide-scrollbars",
                            "about:blank"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            var listening = new CompletableFuture<URI>();
            Thread.ofPlatform().daemon().start(() -> read(process, listening));
            try {
                return new Browser(process, profile, listening.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
            } catch (ExecutionException | TimeoutException e) {
                process.destroyForcibly();
                throw new AssertionError("the browser did not start: " + executable, e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Process process, CompletableFuture<URI> listening) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(LISTENING)) {
                    listening.complete(
                            URI.create(line.substring(LISTENING.length()).strip()));
                }
            }
            listening.completeExceptionally(new IllegalStateException("it ended before it listened"));
        } catch (IOException e) {
            listening.completeExceptionally(e);
        }
    }

    /** A tab of its own on nothing yet. */
    Tab open() {
        URI create = URI.create("http://" + devTools.getAuthority() + "/json/new?about:blank");
        try {
            var made = Http.CLIENT.send(
                    HttpRequest.newBuilder(create)
                            .PUT(HttpRequest.BodyPublishers.noBody())
                            .timeout(LIMIT)
                            .build(),
                    BodyHandlers.ofString());
            return Tab.connect(URI.create(
                    Http.parse(made.body()).path("webSocketDebuggerUrl").asString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
        try (Stream<Path> inside = Files.walk(profile)) {
            for (Path one : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        } catch (IOException | UncheckedIOException leftover) {
            // A helper of the browser may still write while it dies; the folder is temporary either way.
            profile.toFile().deleteOnExit();
        }
    }
}
