package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.store.HubServer.Fault;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulling from an endpoint over real sockets, in good and bad weather. */
class HubPullTest {
    private static final String WEIGHTS = "model.safetensors";
    private static final LicenceConsent NONE_ASKED = (model, licence, terms) -> {
        throw new AssertionError("no terms to accept");
    };

    @TempDir
    Path root;

    private final byte[] weights = TinyModel.safetensors(200_000, 1);
    private final RecordedProgress progress = new RecordedProgress();
    private HubServer hub;

    @BeforeEach
    void start() throws IOException {
        hub = new HubServer();
        hub.files.put("config.json", TinyModel.config());
        hub.files.put("tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8));
        hub.files.put(WEIGHTS, weights);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void pullsWhatAModelNeedsAndNothingElse() throws IOException {
        hub.files.put("README.md", new byte[10]);
        hub.files.put("pytorch_model.bin", new byte[10]);
        hub.files.put("onnx/model.onnx", new byte[10]);
        hub.files.put("../../escape.json", new byte[10]);
        Path folder = pull("hf:tiny/model");
        assertThat(folder).isEqualTo(root.resolve("hf--tiny--model"));
        assertThat(names(folder)).containsExactlyInAnyOrder("config.json", "tokenizer.json", WEIGHTS, Manifest.FILE);
        assertThat(Files.readAllBytes(folder.resolve(WEIGHTS))).isEqualTo(weights);
        assertThat(progress.finished).containsExactly("config.json", "tokenizer.json", WEIGHTS);
        assertThat(store().list()).singleElement().satisfies(row -> {
            assertThat(row.name()).isEqualTo("hf:tiny/model");
            assertThat(row.architecture()).isEqualTo("LlamaForCausalLM");
            assertThat(row.tensorTypes()).isEqualTo("BF16 1");
            assertThat(row.contextLength()).isEqualTo(2048);
            assertThat(row.licence()).isEqualTo("apache-2.0");
            assertThat(row.sizeBytes()).isEqualTo(400_000);
            assertThat(row.problem()).isNull();
        });
        int before = hub.requests.size();
        assertThat(pull("hf:tiny/model")).isEqualTo(folder);
        assertThat(hub.requests).hasSize(before);
    }

    @Test
    void pullsShards() throws IOException {
        hub.files.remove(WEIGHTS);
        hub.files.put("model.safetensors.index.json", "{\"weight_map\":{}}".getBytes(StandardCharsets.UTF_8));
        hub.files.put("model-00001-of-00002.safetensors", weights);
        hub.files.put("model-00002-of-00002.safetensors", weights);
        hub.files.put("consolidated.safetensors", weights);
        assertThat(names(pull("hf:tiny/model")))
                .contains("model-00002-of-00002.safetensors")
                .doesNotContain("consolidated.safetensors");
    }

    @Test
    void pullsOneGgufFile() throws IOException {
        byte[] gguf = TinyModel.gguf(1000);
        hub.files.put("sub/tiny-Q8_0.gguf", gguf);
        Path file = pull("hf:tiny/model/sub/tiny-Q8_0.gguf");
        assertThat(file).hasBinaryContent(gguf);
        assertThat(store().resolve("hf:tiny/model/sub/tiny-Q8_0.gguf")).isEqualTo(file);
    }

    @Test
    void namesTheGgufFilesThatThereAre() {
        hub.files.remove(WEIGHTS);
        hub.files.put("a-Q4_0.gguf", new byte[1]);
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "name one", "hf:tiny/model/a-Q4_0.gguf");
        refused("hf:tiny/model/b.gguf", ErrorCode.PULL_FAILED, "no such file", "a-Q4_0.gguf");
        refused("hf:tiny/model/b-00001-of-00002.gguf", ErrorCode.MODEL_UNSUPPORTED, "split");
    }

    @Test
    void aTokenGoesToTheEndpointAlone() throws IOException {
        hub.requiredToken = "hf_secret";
        pull("hf:tiny/model", "hf_secret");
        assertThat(hub.requests).anyMatch(r -> r.storage());
        assertThat(hub.requests)
                .allSatisfy(r -> assertThat(r.authorization()).isEqualTo(r.storage() ? null : "Bearer hf_secret"));
        assertThat(hub.settings("hf_secret").toString()).doesNotContain("hf_secret");
    }

    @Test
    void sayWhatATokenIsFor() {
        hub.requiredToken = "hf_secret";
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "HF_TOKEN");
        assertThatThrownBy(() -> pull("hf:tiny/model", "hf_other")).hasMessageContaining("accept the model's terms");
    }

    @ParameterizedTest
    @CsvSource({
        "404,RepoNotFound,no such repository",
        "404,RevisionNotFound,no revision 'main'",
        "403,GatedRepo,accepted its terms",
        "401,GatedRepo,accepted its terms",
        "418,,status 418"
    })
    void refusalsAreExplainedAndNotRepeated(int status, String code, String words) {
        hub.listingFaults.add(new Fault.Status(status, code == null ? Map.of() : Map.of("X-Error-Code", code)));
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, words);
        assertThat(hub.requests).hasSize(1);
    }

    @Test
    void cutConnectionsAreResumed() throws IOException {
        hub.faults.add(new Fault.Cut(100_000));
        hub.faults.add(new Fault.Cut(150_000));
        assertThat(pull("hf:tiny/model").resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(hub.ranges(WEIGHTS)).hasSize(3).first().isEqualTo("whole");
        assertThat(hub.ranges(WEIGHTS).get(2)).startsWith("bytes=");
        assertThat(progress.notes).hasSize(2).allMatch(n -> n.contains("trying again"));
    }

    @Test
    void givesUpAfterManyCutsAndGoesOnLater() throws IOException {
        hub.faults.add(new Fault.Cut(100_000));
        for (int i = 0; i < 10; i++) {
            hub.faults.add(new Fault.Cut(0));
        }
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "gave up after 4 tries", "are kept");
        assertThat(store().find("hf:tiny/model")).isEmpty();
        hub.faults.clear();
        hub.requests.clear();
        assertThat(pull("hf:tiny/model").resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(hub.ranges(WEIGHTS)).singleElement().asString().startsWith("bytes=");
        assertThat(progress.notes).contains("config.json: already here");
    }

    @Test
    void aServerWithoutRangesIsReadFromTheStart() throws IOException {
        hub.faults.add(new Fault.Cut(100_000));
        hub.faults.add(new Fault.NoRanges());
        assertThat(pull("hf:tiny/model").resolve(WEIGHTS)).hasBinaryContent(weights);
    }

    @Test
    void aServerThatSendsAnotherRangeIsNotBelieved() throws IOException {
        hub.faults.add(new Fault.Cut(100_000));
        hub.faults.add(new Fault.WrongRange());
        assertThat(pull("hf:tiny/model").resolve(WEIGHTS)).hasBinaryContent(weights);
    }

    @Test
    void leftoversOfAnotherVersionAreReplaced() throws IOException {
        Path part = unfinished("hf--tiny--model").resolve(WEIGHTS + ".part");
        Files.createDirectories(part.getParent());
        Files.write(part, new byte[70_000]);
        assertThat(pull("hf:tiny/model").resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(progress.notes).anyMatch(n -> n.contains("starting over"));
        assertThat(hub.ranges(WEIGHTS)).containsExactly("bytes=70000-", "whole");
    }

    @Test
    void leftoversThatAreTooLongAreReplaced() throws IOException {
        Path part = unfinished("hf--tiny--model").resolve(WEIGHTS + ".part");
        Files.createDirectories(part.getParent());
        Files.write(part, new byte[weights.length + 1]);
        assertThat(pull("hf:tiny/model").resolve(WEIGHTS)).hasBinaryContent(weights);
    }

    @Test
    void damagedFilesAreNeverKept() throws IOException {
        byte[] damaged = weights.clone();
        damaged[77] ^= 1;
        hub.served.put(WEIGHTS, damaged);
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "arrived damaged", HubServer.sha("SHA-256", weights));
        assertThat(root.resolve("hf--tiny--model")).doesNotExist();
        assertThat(names(unfinished("hf--tiny--model"))).containsExactlyInAnyOrder("config.json", "tokenizer.json");
    }

    @Test
    void damagedSmallFilesAreNoticedByTheirGitName() {
        hub.served.put("tokenizer.json", "[]".getBytes(StandardCharsets.UTF_8));
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "tokenizer.json arrived damaged", "git blob");
    }

    @Test
    void filesLongerThanAnnouncedAreStopped() {
        hub.served.put(WEIGHTS, Arrays.copyOf(weights, weights.length + 1));
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "longer than");
    }

    @Test
    void listingsWithoutSizesAreMadeUpForByHeaders() throws IOException {
        hub.listSizes = false;
        assertThat(pull("hf:tiny/model").resolve(WEIGHTS)).hasBinaryContent(weights);
        Files.delete(root.resolve("hf--tiny--model").resolve(Manifest.FILE));
        byte[] damaged = weights.clone();
        damaged[0] ^= 1;
        hub.served.put(WEIGHTS, damaged);
        assertThatThrownBy(() -> pull("hf:tiny/model@v2")).hasMessageContaining("arrived damaged");
    }

    @Test
    void busyServersAreAskedAgainAfterTheTimeTheySay() throws IOException {
        hub.listingFaults.add(new Fault.Status(429, Map.of("Retry-After", "7")));
        hub.listingFaults.add(new Fault.Status(503, Map.of()));
        hub.faults.add(new Fault.Status(500, Map.of()));
        var waits = new ArrayList<Duration>();
        var settings =
                new HubSettings(hub.endpoint(), null, Duration.ofSeconds(20), new Retries(4, waits::add), Proxies.NONE);
        store(settings, FreeSpace.REAL).pull("hf:tiny/model", progress, NONE_ASKED);
        assertThat(waits).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(2), Duration.ofSeconds(1));
    }

    @Test
    void longWaitsAreCutToAMinute() throws IOException {
        hub.listingFaults.add(new Fault.Status(429, Map.of("Retry-After", "86400")));
        var waits = new ArrayList<Duration>();
        var settings =
                new HubSettings(hub.endpoint(), null, Duration.ofSeconds(20), new Retries(4, waits::add), Proxies.NONE);
        store(settings, FreeSpace.REAL).pull("hf:tiny/model", progress, NONE_ASKED);
        assertThat(waits).containsExactly(Duration.ofMinutes(1));
    }

    @Test
    void serversThatStayBusyAreLeft() {
        for (int i = 0; i < 10; i++) {
            hub.listingFaults.add(new Fault.Status(503, Map.of()));
        }
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "gave up after 4 tries", "503");
        assertThat(hub.requests).hasSize(4);
    }

    @Test
    void silentConnectionsAreCut() throws IOException {
        hub.faults.add(new Fault.Silence(50_000));
        var settings =
                new HubSettings(hub.endpoint(), null, Duration.ofMillis(400), new Retries(6, d -> {}), Proxies.NONE);
        Path folder = store(settings, FreeSpace.REAL).pull("hf:tiny/model", progress, NONE_ASKED);
        assertThat(folder.resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(progress.notes).anyMatch(n -> n.contains("fell silent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "[]", "{}", "{\"siblings\":7}"})
    void answersThatAreNoListings(String body) {
        hub.listingBody = body;
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "hf:tiny/model: ");
    }

    @Test
    void redirectionsThatNeverEnd() {
        for (int i = 0; i < 20; i++) {
            hub.listingFaults.add(new Fault.Status(302, Map.of("Location", "/api/models/again")));
        }
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "redirects more than");
        hub.listingFaults.clear();
        hub.listingFaults.add(new Fault.Status(302, Map.of("Location", "ftp://example.invalid/x")));
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "no usable address");
    }

    @Test
    void serversThatCannotBeReached() {
        hub.close();
        refused("hf:tiny/model", ErrorCode.PULL_FAILED, "cannot be reached");
    }

    @Test
    void aDiskWithoutRoomIsNamedBeforeAnythingIsFetched() {
        assertThatThrownBy(
                        () -> store(hub.settings(null), folder -> 100_000).pull("hf:tiny/model", progress, NONE_ASKED))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                .hasMessageContaining("MB are missing")
                .hasMessageContaining("JYNAMO_HOME");
        assertThat(hub.requests).hasSize(1);
    }

    private Path unfinished(String name) {
        return root.resolve(".pulling").resolve(name);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(p -> p.getFileName().toString()).toList();
        }
    }

    private ModelStore store() {
        return store(hub.settings(null), FreeSpace.REAL);
    }

    private ModelStore store(HubSettings settings, FreeSpace space) {
        return new ModelStore(root, spec -> new HubSource((ModelSpec.Hub) spec, settings, space));
    }

    private Path pull(String spec) throws IOException {
        return store().pull(spec, progress, NONE_ASKED);
    }

    private Path pull(String spec, String token) throws IOException {
        return store(hub.settings(token), FreeSpace.REAL).pull(spec, progress, NONE_ASKED);
    }

    private void refused(String spec, ErrorCode code, String... words) {
        assertThatThrownBy(() -> pull(spec))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words);
    }
}
