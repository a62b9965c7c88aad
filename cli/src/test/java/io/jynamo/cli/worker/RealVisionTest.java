package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.jynamo.cli.frontend.FleetFrontend;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real vLLM on the CPU with eyes: a tiny Qwen2-VL of random weights, made here. Beside vLLM's own environment
 * ({@code vllm}) it needs torchvision in a folder of its own:
 * {@code pip install --no-deps --target $JYNAMO_PEERS/vllm-vision torchvision==0.28.0}.
 */
@Tag("long")
@Timeout(900)
class RealVisionTest {
    private static final Path PEERS = Path.of(
            System.getenv().getOrDefault("JYNAMO_PEERS", System.getProperty("user.home") + "/.cache/jynamo-peers"));
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BLOCK = 32;
    private static final String ENVIRONMENT = """
            #!/bin/sh
            export PYTHONPATH='%1$s/vllm-vision' OMP_NUM_THREADS=1 VLLM_CPU_OMP_THREADS_BIND=nobind
            export HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1
            """;

    @TempDir
    private Path folder;

    private TestFleet fleet;
    private HttpServer pictures;

    @BeforeEach
    void begin() throws IOException {
        fleet = new TestFleet(folder);
        pictures = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pictures.createContext("/", exchange -> {
            byte[] png = png(Integer.parseInt(exchange.getRequestURI().getPath().substring(1)));
            exchange.sendResponseHeaders(200, png.length);
            exchange.getResponseBody().write(png);
            exchange.close();
        });
        pictures.start();
    }

    @AfterEach
    void end() {
        pictures.stop(0);
        fleet.close();
    }

    /** A picture of its own for each number. */
    private static byte[] png(int number) throws IOException {
        BufferedImage image = new BufferedImage(112, 112, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 112; x++) {
            for (int y = 0; y < 112; y++) {
                image.setRGB(x, y, (x * number & 255) << 16 | (3 * y * number & 255) << 8 | (x * y + number & 255));
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    private static String base64(int picture) throws IOException {
        return Base64.getEncoder().encodeToString(png(picture));
    }

    private static String dataUrl(int picture) throws IOException {
        return "data:image/png;base64," + base64(picture);
    }

    private String httpUrl(int picture) {
        return "http://127.0.0.1:" + pictures.getAddress().getPort() + "/" + picture;
    }

    private Path command(String name, String last) throws IOException {
        assumeTrue(
                Files.exists(PEERS.resolve("vllm/ready")) && Files.exists(PEERS.resolve("vllm-vision")),
                () -> "not run: there is no vllm with vllm-vision in " + PEERS);
        Path program = folder.resolve(name);
        Files.writeString(program, (ENVIRONMENT + last).formatted(PEERS));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private Path model() throws Exception {
        Path maker = Path.of(
                RealVisionTest.class.getResource("/make-tiny-vision-model.py").toURI());
        Path model = folder.resolve("vision");
        Path python = command("python", "exec '%1$s/vllm/bin/python' \"$@\"\n");
        Process making = new ProcessBuilder(
                        python.toString(),
                        maker.toString(),
                        PEERS.resolve("tiny").toString(),
                        model.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("made").toFile())
                .start();
        assertThat(making.waitFor())
                .as(Files.readString(folder.resolve("made")))
                .isZero();
        return model;
    }

    private void vllm(String... more) throws Exception {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.addAll(List.of("--dtype", "bfloat16", "--enforce-eager", "--kv-cache-memory-bytes", "67108864"));
        flags.addAll(List.of("--block-size", String.valueOf(BLOCK)));
        fleet.worker(
                Map.of(
                        "engine",
                        "vllm",
                        "model",
                        model().toString(),
                        "served-model-name",
                        "eyes",
                        "max-model-len",
                        "2048",
                        "engine-command",
                        command("vllm", "exec nice '%1$s/vllm/bin/vllm' \"$@\"\n")
                                .toString(),
                        "engine-files",
                        folder.resolve("files").toString()),
                flags.toArray(String[]::new));
    }

    /** Where the engine itself listens, as its own log says. */
    private URI engine() throws IOException {
        try (var files = Files.list(folder.resolve("files"))) {
            Path log = files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
            Matcher at = Pattern.compile("http://[0-9.]+:([0-9]+)").matcher(Files.readString(log));
            assertThat(at.find()).as("an address in %s", log).isTrue();
            return URI.create("http://127.0.0.1:" + at.group(1));
        }
    }

    /** A chat with the picture between words, the first of which may fill a block or more. */
    private static String chat(String picture, String before, String more) {
        return """
                {"model":"eyes","messages":[{"role":"user","content":[{"type":"text","text":"%s"},
                {"type":"image_url","image_url":{"url":"%s"}},{"type":"text","text":"%s"}]}],
                "max_tokens":12,"temperature":0%s}""".formatted(before, picture, words(60), more);
    }

    private static String words(int count) {
        return "what is it? ".repeat(count / 4).strip();
    }

    private HttpResponse<String> ask(URI server, String path, String body) {
        HttpResponse<String> answer = fleet.post(server.resolve(path), body);
        assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
        return answer;
    }

    private String chatText(URI server, String body) {
        return JSON.readTree(ask(server, "/v1/chat/completions", body).body())
                .at("/choices/0/message/content")
                .asString("");
    }

    /** What the events of a stream say, one after the other, each at that place of its JSON. */
    private static String streamed(HttpResponse<String> answer, String type, String place) {
        return answer.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JSON.readTree(line.substring("data: ".length())))
                .filter(event -> event.path("type").asString(type).equals(type))
                .map(event -> event.at(place).asString(""))
                .collect(Collectors.joining());
    }

    /** The same words about the same picture, asked for in every way that there is. */
    @Test
    void aPictureIsAnsweredAsTheEngineItselfAnswersIt() throws Exception {
        FleetFrontend frontend = fleet.frontend(Map.of("router-mode", "round-robin", "allow-private-media", "true"));
        vllm();
        TestFleet.await("its worker", () -> TestFleet.ready(frontend) == 1);
        fleet.awaitAnswer(frontend, "eyes");
        URI ours = frontend.address();
        String expected = chatText(engine(), chat(dataUrl(3), "look", ""));
        assertThat(expected).isNotBlank().isNotEqualTo(chatText(engine(), chat(dataUrl(5), "look", "")));
        assertThat(chatText(ours, chat(dataUrl(3), "look", ""))).isEqualTo(expected);
        assertThat(chatText(ours, chat(httpUrl(3), "look", ""))).isEqualTo(expected);
        String stream = ",\"stream\":true";
        for (String url : List.of(dataUrl(3), httpUrl(3))) {
            HttpResponse<String> answer = ask(ours, "/v1/chat/completions", chat(url, "look", stream));
            assertThat(streamed(answer, "", "/choices/0/delta/content")).isEqualTo(expected);
        }
        responses(ours, expected);
        messages(ours, expected);
    }

    private void responses(URI ours, String expected) throws IOException {
        for (String url : List.of(dataUrl(3), httpUrl(3))) {
            String body = """
                    {"model":"eyes","input":[{"role":"user","content":[{"type":"input_text","text":"look"},
                    {"type":"input_image","image_url":"%s"},{"type":"input_text","text":"%s"}]}],
                    "max_output_tokens":12,"temperature":0%s}""";
            JsonNode whole = JSON.readTree(ask(ours, "/v1/responses", body.formatted(url, words(60), ""))
                    .body());
            assertThat(whole.at("/output/0/content/0/text").asString("")).isEqualTo(expected);
            HttpResponse<String> stream =
                    ask(ours, "/v1/responses", body.formatted(url, words(60), ",\"stream\":true"));
            assertThat(streamed(stream, "response.output_text.delta", "/delta")).isEqualTo(expected);
        }
    }

    private void messages(URI ours, String expected) throws IOException {
        String inline = "{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"" + base64(3) + "\"}";
        String fetched = "{\"type\":\"url\",\"url\":\"" + httpUrl(3) + "\"}";
        for (String source : List.of(inline, fetched)) {
            String body = """
                    {"model":"eyes","messages":[{"role":"user","content":[{"type":"text","text":"look"},
                    {"type":"image","source":%s},{"type":"text","text":"%s"}]}],
                    "max_tokens":12,"temperature":0%s}""";
            JsonNode whole = JSON.readTree(ask(ours, "/v1/messages", body.formatted(source, words(60), ""))
                    .body());
            assertThat(whole.at("/content/0/text").asString("")).isEqualTo(expected);
            HttpResponse<String> stream =
                    ask(ours, "/v1/messages", body.formatted(source, words(60), ",\"stream\":true"));
            assertThat(streamed(stream, "content_block_delta", "/delta/text")).isEqualTo(expected);
        }
    }

    /** Two ranks: what the router expects behind a picture is what the engine then finds there, and no more of another picture. */
    @Test
    void aPictureIsFoundWhereItWasComputed() throws Exception {
        FleetFrontend frontend = fleet.frontend("prefix-affinity");
        vllm("--data-parallel-size", "2");
        TestFleet.await("both ranks", () -> TestFleet.ready(frontend) == 2);
        fleet.awaitAnswer(frontend, "eyes");
        URI ours = frontend.address();
        for (int picture = 11; picture < 15; picture++) {
            String body = chat(dataUrl(picture), words(40 + picture), "");
            int before = expected(ours, body);
            JsonNode first = usage(ours, body);
            assertThat(cached(first)).as("picture %s, the first time", picture).isEqualTo(before * BLOCK);
            int blocks = (first.path("prompt_tokens").intValue() - 1) / BLOCK;
            assertThat(blocks).as("some are behind the picture").isGreaterThan(before + 2);
            TestFleet.await("blocks of picture " + picture, () -> expected(ours, body) >= blocks);
            assertThat(cached(usage(ours, body))).isEqualTo(blocks * BLOCK);
            String salted = body.replaceFirst("\\{", "{\"cache_salt\":\"tenant\",");
            int apart = expected(ours, salted);
            assertThat(apart).as("blocks of words at most").isLessThanOrEqualTo(before);
            assertThat(cached(usage(ours, salted))).isEqualTo(apart * BLOCK);
            TestFleet.await("the tenant's own of picture " + picture, () -> expected(ours, salted) >= blocks);
        }
        aSecondPictureIsFollowedToo(ours);
    }

    private void aSecondPictureIsFollowedToo(URI ours) throws Exception {
        String next = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + dataUrl(21)
                + "\"}},{\"type\":\"text\",\"text\":\"" + words(60) + "\"}]}]";
        String body = chat(dataUrl(11), words(51), "").replaceFirst("\\}]}]", "}," + next);
        int one = expected(ours, body);
        JsonNode first = usage(ours, body);
        assertThat(cached(first)).as("all that is before the second").isEqualTo(one * BLOCK);
        assertThat(one).isGreaterThan(2);
        int blocks = (first.path("prompt_tokens").intValue() - 1) / BLOCK;
        assertThat(blocks).isGreaterThan(one + 1);
        TestFleet.await("blocks of both", () -> expected(ours, body) >= blocks);
        assertThat(cached(usage(ours, body))).isEqualTo(blocks * BLOCK);
    }

    /** Leading blocks that the router expects the worker to have which it would choose. */
    private int expected(URI ours, String body) {
        return JSON.readTree(ask(ours, "/v1/route/explain", body).body())
                .at("/prompts/0/route/candidates/0/cached_blocks")
                .asInt(-1);
    }

    private JsonNode usage(URI ours, String body) {
        return JSON.readTree(ask(ours, "/v1/chat/completions", body).body()).path("usage");
    }

    private static int cached(JsonNode usage) {
        return usage.at("/prompt_tokens_details/cached_tokens").intValue();
    }
}
