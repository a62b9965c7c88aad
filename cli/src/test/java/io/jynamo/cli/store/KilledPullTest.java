package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that pulls is killed in the middle; another one goes on from there. */
class KilledPullTest {
    @TempDir
    Path root;

    /** The process that is killed. */
    static final class Puller {
        private Puller() {}

        public static void main(String[] args) {
            store(URI.create(args[0]), Path.of(args[1])).pull("hf:tiny/model", PullProgress.SILENT, (m, l, t) -> false);
        }
    }

    private static ModelStore store(URI endpoint, Path root) {
        var settings = new HubSettings(endpoint, null, Duration.ofSeconds(60), new Retries(3, d -> {}), Proxies.NONE);
        return new ModelStore(root, spec -> new HubSource((ModelSpec.Hub) spec, settings, FreeSpace.REAL));
    }

    @Test
    void theNextPullGoesOn() throws IOException, InterruptedException {
        byte[] weights = TinyModel.safetensors(1_000_000, 2);
        try (HubServer hub = new HubServer()) {
            hub.files.put("config.json", TinyModel.config());
            hub.files.put("model.safetensors", weights);
            hub.faults.add(new HubServer.Fault.Silence(1_200_000));
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Puller.class.getName(),
                            hub.endpoint().toString(),
                            root.toString()))
                    .inheritIO()
                    .start();
            Path part = root.resolve(".pulling/hf--tiny--model/model.safetensors.part");
            try {
                hub.silent.await();
                while (!Files.exists(part) || Files.size(part) < 1_000_000) {
                    Thread.onSpinWait();
                    assertThat(process.isAlive()).isTrue();
                }
                ModelStore store = store(hub.endpoint(), root);
                assertThatThrownBy(() -> store.pull("hf:tiny/model", PullProgress.SILENT, (m, l, t) -> false))
                        .isInstanceOf(JynamoException.class)
                        .hasMessageContaining("another process is pulling it (process " + process.pid() + ")");
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertThat(root.resolve("hf--tiny--model")).doesNotExist();
            long kept = Files.size(part);
            Path folder = store(hub.endpoint(), root).pull("hf:tiny/model", PullProgress.SILENT, (m, l, t) -> false);
            assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
            assertThat(hub.ranges("model.safetensors")).containsExactly("whole", "bytes=" + kept + "-");
        }
    }
}
