package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pulling to a real file system that is too small. It is mounted for one process, in a mount namespace that ends with
 * it, so nothing is left behind however the process ends.
 */
class FullDiskTest {
    private static final List<String> ALONE = List.of("unshare", "--map-root-user", "--mount", "sh", "-c");

    private static final byte[] WEIGHTS = TinyModel.safetensors(8_000_000, 1);

    @TempDir
    Path folder;

    private Path disk;

    /** The process on the small disk: pulls, makes the disk larger, and pulls again. */
    static final class Puller {
        private Puller() {}

        public static void main(String[] args) throws Exception {
            URI endpoint = URI.create(args[0]);
            Path root = Path.of(args[1]);
            pull(endpoint, root);
            int status = new ProcessBuilder("mount", "-o", "remount,size=64m", root.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            System.out.println("mount " + status);
            pull(endpoint, root);
        }

        private static void pull(URI endpoint, Path root) {
            var settings =
                    new HubSettings(endpoint, null, Duration.ofSeconds(60), new Retries(3, d -> {}), Proxies.NONE);
            var store = new ModelStore(root, spec -> new HubSource((ModelSpec.Hub) spec, settings, FreeSpace.REAL));
            try {
                Path model = store.pull("hf:tiny/model", PullProgress.SILENT, (m, l, t) -> false);
                System.out.println("pulled " + Files.size(model.resolve("model.safetensors")));
            } catch (JynamoException e) {
                System.out.println(e.code() + " " + e.getMessage());
            } catch (IOException e) {
                System.out.println(e);
            }
        }
    }

    @BeforeEach
    void needsAFileSystemOfItsOwn() throws IOException, InterruptedException {
        disk = Files.createDirectory(folder.resolve("disk"));
        List<String> mount = new ArrayList<>(ALONE);
        mount.add("mount -t tmpfs -o size=1m tmpfs '" + disk + "'");
        assumeTrue(succeeds(mount), "not run: no small file system can be mounted here (unshare --mount)");
    }

    @Test
    void aDiskThatIsTooSmallIsNamedBeforeAnythingIsFetched() throws Exception {
        try (HubServer hub = hub()) {
            List<String> lines = onADiskOf("3m", hub);
            assertThat(lines.get(0)).startsWith("DISK_FULL ").contains("MB are missing", "JYNAMO_HOME");
            assertThat(lines.subList(1, 3)).containsExactly("mount 0", "pulled " + WEIGHTS.length);
            assertThat(hub.ranges("model.safetensors")).containsExactly("whole");
        }
    }

    @Test
    void aDiskThatFillsUpIsNamedAndWhatIsThereIsKept() throws Exception {
        try (HubServer hub = hub()) {
            hub.listSizes = false; // so it cannot be known beforehand
            List<String> lines = onADiskOf("3m", hub);
            assertThat(lines.get(0)).startsWith("DISK_FULL ").contains("is full", "is kept");
            assertThat(lines.subList(1, 3)).containsExactly("mount 0", "pulled " + WEIGHTS.length);
            assertThat(hub.ranges("model.safetensors")).hasSize(2).first().isEqualTo("whole");
            String rest = hub.ranges("model.safetensors").get(1);
            assertThat(Integer.parseInt(rest.replaceAll("\\D", ""))).isBetween(2_000_000, 3 << 20);
        }
    }

    private static HubServer hub() throws IOException {
        HubServer hub = new HubServer();
        hub.files.put("config.json", TinyModel.config());
        hub.files.put("tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8));
        hub.files.put("model.safetensors", WEIGHTS);
        return hub;
    }

    private List<String> onADiskOf(String size, HubServer hub) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(ALONE);
        command.add("mount -t tmpfs -o size=" + size + " tmpfs '" + disk + "' && exec '" + java + "' -cp \"$CLASSES\" '"
                + Puller.class.getName() + "' " + hub.endpoint() + " '" + disk + "'");
        Path out = folder.resolve("out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSES", System.getProperty("java.class.path"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(disk).as("the mount is seen by nobody else").isEmptyDirectory();
        return Files.readAllLines(out);
    }

    private static boolean succeeds(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no such command
        }
    }
}
