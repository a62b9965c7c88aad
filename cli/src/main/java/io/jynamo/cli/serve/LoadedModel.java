package io.jynamo.cli.serve;

import io.jynamo.engine.weights.GgufFile;
import io.jynamo.engine.weights.Models;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A model ready to be served: its text side and its workers. */
record LoadedModel(ModelText text, Workers workers) {
    /** Reads the model's files and starts its workers. */
    static LoadedModel embedded(ServeOptions options, String name, Path files) {
        // The tokenizer is read while the weights are packed: both take a good part of a second on a large vocabulary.
        try (var text = new Ahead<>("model-text", () -> text(files))) {
            Workers workers = EmbeddedWorkers.start(options, name, files);
            try {
                return new LoadedModel(text.await(), workers);
            } catch (RuntimeException | Error failed) {
                workers.close();
                throw failed;
            }
        }
    }

    /** Starts workers that only imitate a model. */
    static LoadedModel simulated(ServeOptions options, String name, ModelText text) {
        return new LoadedModel(text, SimulatedWorkers.start(options, name, text.tokenizer()));
    }

    /** The text side of a model's files. */
    static ModelText text(Path files) {
        if (Files.isDirectory(files) && Files.exists(files.resolve("config.json"))) {
            return ModelText.ofFolder(files);
        }
        try (GgufFile file = GgufFile.open(Models.ggufFile(files))) {
            return ModelText.ofGguf(Map.copyOf(file.metadata()));
        }
    }
}
