package io.jynamo.bench.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Other engines, each in a process of its own, on the oracle's pieces of text. The oracle's own benchmark compares the ids
 * of every fourth piece first, so that what it then calls the first pass finds most words in an engine's cache: here they
 * are timed as ours is, {@code first-pass.py}.
 */
final class Rivals {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final long LIMIT_SECONDS = 120;

    private final Path tools;
    private final Path peers;

    /**
     * @param tools folder of the oracle
     * @param peers where its set-up has put the engines
     */
    Rivals(Path tools, Path peers) {
        this.tools = tools;
        this.peers = peers;
    }

    /** Writes the text all engines are measured on. */
    void writeCorpus(Path into) {
        run("corpus", into.toString());
    }

    Speed measure(Path family, Path text, String engine) {
        String line = engine.equals("library")
                ? run("oracle", "bench", family.toString(), text.toString(), engine)
                : timed(family, text, engine);
        JsonNode result = MAPPER.readTree(line.substring(line.indexOf('{')));
        return new Speed(
                engine.equals("library") ? result.path("engine").asString() : engine,
                result.path("first_mb_per_cpu_s").doubleValue(),
                result.path("mb_per_cpu_s").doubleValue(),
                result.path("tokens").longValue(),
                result.path("note").asString(""));
    }

    private String timed(Path family, Path text, String engine) {
        Path python = peers.resolve(engine.startsWith("tokenizers") ? "tokenizers/venv" : "tokenizers/rivals")
                .resolve("bin/python");
        try (InputStream source = Rivals.class.getResourceAsStream("first-pass.py")) {
            String script = new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
            return execute(List.of(
                    required(python).toString(),
                    "-c",
                    script,
                    required(tools.resolve("oracle")).toString(),
                    family.toString(),
                    text.toString(),
                    engine));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(String tool, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(required(tools.resolve(tool)).toString());
        command.addAll(List.of(arguments));
        return execute(command);
    }

    private static Path required(Path program) {
        if (!Files.isExecutable(program)) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "no " + program + "; rivals cannot be run");
        }
        return program;
    }

    private static String execute(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new JynamoException(ErrorCode.DEADLINE_EXCEEDED, name(command) + " took too long");
            }
            if (process.exitValue() != 0) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION, name(command) + " failed: " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, name(command) + " cannot be run: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, name(command) + " was interrupted", e);
        }
    }

    /** The program with its last arguments: a script in between is no name. */
    private static String name(List<String> command) {
        return command.getFirst() + " … "
                + String.join(" ", command.subList(Math.max(1, command.size() - 3), command.size()));
    }
}
