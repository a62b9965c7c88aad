package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SmolLM2-135M-Instruct, computed by the embedded engine, met over HTTP. */
class RealModelTest {
    private static final String NAME = "smollm2";

    @TempDir
    static Path folder;

    private static Server server;
    private static Path model;

    @BeforeAll
    static void start() {
        Optional<Path> found = find();
        assumeTrue(
                found.isPresent(), "not run: SmolLM2-135M-Instruct is not on this machine (./jynamo pull brings it)");
        model = found.get();
        server = Server.start(
                List.of("--model", model.toString(), "--served-model-name", NAME, "--max-model-len", "2048"), Map.of());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void it_knows_the_capital_of_france() {
        var reply = Http.post(
                server.at("/v1/chat/completions"),
                chat("What is the capital of France?", "\"max_completion_tokens\":24"));

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.json()
                        .path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asString())
                .contains("Paris");
    }

    @Test
    void greedy_answers_are_the_same_streamed_alone_and_beside_others() {
        String question = "Write one sentence about the sea.";
        String alone = Http.post(server.at("/v1/chat/completions"), chat(question, "\"max_completion_tokens\":32"))
                .json()
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asString();

        List<String> together = java.util.stream.IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> Http.content(Http.stream(
                        server.at("/v1/chat/completions"),
                        chat(question, "\"max_completion_tokens\":32,\"stream\":true"))))
                .toList();

        assertThat(alone).isNotBlank();
        assertThat(together).allSatisfy(answer -> assertThat(answer).isEqualTo(alone));
    }

    @Test
    void ask_streams_its_answer_to_standard_output() {
        var run = Command.jynamo(
                "ask",
                "--url",
                server.address().toString(),
                "--temperature",
                "0",
                "--max-tokens",
                "24",
                "What is the capital of France?");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Paris");
    }

    @Test
    void a_template_that_never_ends_is_stopped() throws IOException {
        Path looping = copy("looping.gguf");
        String loop = "{%- for a in range(99999) -%}{%- for b in range(99999) -%}{{ a }}{%- endfor -%}{%- endfor -%}";
        replaceTemplate(looping, loop);

        try (var other = Server.start(
                List.of("--model", looping.toString(), "--served-model-name", NAME, "--max-model-len", "512"),
                Map.of())) {
            var reply = Http.post(other.at("/v1/chat/completions"), chat("Hi", "\"max_completion_tokens\":1"));

            assertThat(reply.status()).as(reply.text()).isEqualTo(400);
            assertThat(reply.error().path("code").asString()).isEqualTo("template_failed");
            assertThat(Http.get(other.at("/live")).status()).isEqualTo(200);
        }
    }

    @Test
    void a_model_cut_short_is_refused() throws IOException {
        Path cut = copy("cut.gguf");
        try (var channel = java.nio.channels.FileChannel.open(cut, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(model) / 2);
        }

        var run = Command.jynamo("serve", "--port", "0", "--model", cut.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
        assertThat(run.err()).contains("error model_file_corrupt: ", "cut.gguf");
    }

    @Test
    void a_context_that_does_not_fit_says_what_would() {
        var run = Command.jynamo(
                "serve",
                "--port",
                "0",
                "--model",
                model.toString(),
                "--kv-cache-memory",
                "1MiB",
                "--max-model-len",
                "8192");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
        assertThat(run.err()).contains("error model_does_not_fit: ", "max-model-len");
    }

    private static String chat(String question, String extra) {
        return "{\"model\":\"" + NAME + "\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\""
                + question + "\"}]," + extra + "}";
    }

    private static Path copy(String name) throws IOException {
        return Files.copy(model, folder.resolve(name));
    }

    /** Overwrites the chat template in the file's metadata, padded with a comment to its length. */
    private static void replaceTemplate(Path file, String template) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte[] key = "tokenizer.chat_template".getBytes(StandardCharsets.US_ASCII);
        int at = indexOf(bytes, key) + key.length + 4; // the value's type
        long length = 0;
        for (int i = 7; i >= 0; i--) {
            length = length << 8 | (bytes[at + i] & 0xff);
        }
        byte[] padded = (template + "{#" + " ".repeat((int) length - template.length() - 4) + "#}")
                .getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(padded, 0, bytes, at + 8, padded.length);
        Files.write(file, bytes);
    }

    private static int indexOf(byte[] bytes, byte[] key) {
        for (int i = 0; i < bytes.length - key.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + key.length, key, 0, key.length)) {
                return i;
            }
        }
        throw new AssertionError("no chat template in the model");
    }

    /** The model's file, where this machine has it. */
    static Optional<Path> find() {
        Path home = Path.of(System.getProperty("user.home"));
        String peers = System.getenv()
                .getOrDefault(
                        "JYNAMO_PEERS", home.resolve(".cache/jynamo-peers").toString());
        for (Path place : List.of(Path.of(peers, "models"), home.resolve(".cache/jynamo"))) {
            if (Files.isDirectory(place)) {
                try (var files = Files.walk(place)) {
                    Optional<Path> found = files.filter(
                                    file -> file.getFileName().toString().startsWith("SmolLM2-135M")
                                            && file.toString().endsWith(".gguf"))
                            .findFirst();
                    if (found.isPresent()) {
                        return found;
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        }
        return Optional.empty();
    }
}
