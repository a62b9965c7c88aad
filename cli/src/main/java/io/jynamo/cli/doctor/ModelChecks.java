package io.jynamo.cli.doctor;

import io.jynamo.cli.store.ModelStore;
import io.jynamo.cli.store.StoredModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Models that are here, and where others come from: Python's pip for the catalogue. */
final class ModelChecks {
    private static final long PATIENCE_SECONDS = 10;

    private ModelChecks() {}

    static List<Finding> all() {
        return List.of(cached(ModelStore.of(System.getenv())), pip());
    }

    static Finding cached(ModelStore store) {
        List<StoredModel> models = store.list();
        String where = " in " + store.root();
        for (StoredModel model : models) {
            if (model.problem() != null) {
                return Finding.warn(
                        "models", model.name() + where + ": " + model.problem(), "delete it and pull it again");
            }
        }
        return models.isEmpty()
                ? Finding.ok("models", "none" + where + " yet; the first serve pulls one")
                : Finding.ok(
                        "models",
                        String.join(", ", models.stream().map(StoredModel::name).toList()) + where);
    }

    private static Finding pip() {
        String advice = "install Python 3 with pip, or serve a model file: --model FILE.gguf";
        try {
            Process process = new ProcessBuilder("python3", "-m", "pip", "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output;
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Finding.warn("pip", "python3 -m pip did not answer", advice);
            }
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0
                    ? Finding.ok("pip", output)
                    : Finding.warn(
                            "pip", "not usable: " + output.lines().findFirst().orElse(""), advice);
        } catch (IOException e) {
            return Finding.warn("pip", "no python3 on PATH", advice);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.warn("pip", "interrupted while asking", advice);
        }
    }
}
