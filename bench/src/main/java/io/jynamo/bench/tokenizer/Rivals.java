package io.jynamo.bench.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the tokenizer oracle's own benchmark of other engines, each in its process. */
final class Rivals {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final long LIMIT_SECONDS = 120;

    private final Path tools;

    Rivals(Path tools) {
        this.tools = tools;
    }

    /** Writes the text all engines are measured on. */
    void writeCorpus(Path into) {
        run("corpus", into.toString());
    }

    Speed measure(Path family, Path text, String engine) {
        String line = run("oracle", "bench", family.toString(), text.toString(), engine);
        JsonNode result = MAPPER.readTree(line.substring(line.indexOf('{')));
        JsonNode unlike = result.path("chunks_unlike_library");
        return new Speed(
                engine.equals("library") ? result.path("engine").asString() : engine,
                result.path("first_mb_per_cpu_s").doubleValue(),
                result.path("mb_per_cpu_s").doubleValue(),
                result.path("tokens").longValue(),
                unlike.isMissingNode() ? "" : "pieces unlike the library " + unlike.asString());
    }

    private String run(String tool, String... arguments) {
        Path program = tools.resolve(tool);
        if (!Files.isExecutable(program)) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "no " + program + "; rivals cannot be run");
        }
        var command = new java.util.ArrayList<String>();
        command.add(program.toString());
        command.addAll(java.util.List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new JynamoException(ErrorCode.DEADLINE_EXCEEDED, command + " took too long");
            }
            if (process.exitValue() != 0) {
                throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, command + " failed: " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, command + " cannot be run: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, command + " was interrupted", e);
        }
    }
}
