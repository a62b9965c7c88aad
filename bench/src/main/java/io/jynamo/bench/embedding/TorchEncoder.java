package io.jynamo.bench.embedding;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/** The same model in a Python process of its own, {@code torch-encoder.py}. */
final class TorchEncoder implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final BufferedReader answers;
    private final Path script;
    private final String version;

    private TorchEncoder(Process process, BufferedReader answers, Path script, String version) {
        this.process = process;
        this.answers = answers;
        this.script = script;
        this.version = version;
    }

    static TorchEncoder start(Path python, Path model, int threads) {
        try (InputStream in = TorchEncoder.class.getResourceAsStream("torch-encoder.py")) {
            if (in == null) {
                throw new IllegalStateException("the build left out torch-encoder.py");
            }
            Path script = Files.createTempFile("torch-encoder", ".py");
            Files.write(script, in.readAllBytes());
            Process process = new ProcessBuilder(
                            python.toString(), script.toString(), model.toString(), Integer.toString(threads))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
            String version = answers.readLine();
            if (version == null) {
                throw new IllegalArgumentException(python + " does not run torch and transformers");
            }
            return new TorchEncoder(
                    process, answers, script, JSON.readTree(version).stringValue());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String version() {
        return version;
    }

    /** Texts a second. */
    double measure(Lengths lengths, double seconds) {
        try {
            String task = JSON.writeValueAsString(java.util.Map.of("lengths", lengths.each(), "seconds", seconds));
            process.getOutputStream().write((task + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("torch ended in the middle");
            }
            return Double.parseDouble(answer);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            Files.deleteIfExists(script);
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }
}
