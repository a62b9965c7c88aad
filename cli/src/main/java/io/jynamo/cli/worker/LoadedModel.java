package io.jynamo.cli.worker;

import io.jynamo.cli.text.ModelText;
import io.jynamo.cli.text.OfferedText;
import io.jynamo.engine.weights.GgufFile;
import io.jynamo.engine.weights.Models;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.session.TextContent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A model ready to be served: its text side and its workers.
 *
 * @param files what others need to make the same text side
 */
public record LoadedModel(ModelText text, List<TextContent> files, Workers workers) {
    /**
     * Reads the model's files and starts its workers.
     *
     * @param ids the identity of each worker by its index
     * @param find finds a model's files by what {@code --model} says, pulling them if need be
     * @param progress is told how far an engine is that is launched
     */
    public static LoadedModel load(
            WorkerSetup setup,
            String name,
            IntFunction<WorkerId> ids,
            Function<String, Path> find,
            Consumer<String> progress) {
        Optional<Path> found = setup.model().model().map(find);
        return switch (setup.engine().kind()) {
            case EMBEDDED -> embedded(setup, name, ids, found.orElseThrow());
            case SIM -> simulated(setup, name, ids, found);
            case VLLM, SGLANG, TRTLLM, OPENAI -> foreign(setup, name, ids.apply(0), found.orElseThrow(), progress);
        };
    }

    private static LoadedModel embedded(WorkerSetup setup, String name, IntFunction<WorkerId> ids, Path files) {
        // The tokenizer is read while the weights are packed: both take a good part of a second on a large vocabulary.
        try (var text = new Ahead<>("model-text", () -> text(files))) {
            Workers workers = EmbeddedWorkers.start(setup, name, ids, files);
            try {
                return new LoadedModel(text.await(), OfferedText.of(files), workers);
            } catch (RuntimeException | Error failed) {
                workers.close();
                throw failed;
            }
        }
    }

    /** Workers that only imitate a model. */
    private static LoadedModel simulated(
            WorkerSetup setup, String name, IntFunction<WorkerId> ids, Optional<Path> found) {
        ModelText text = found.map(LoadedModel::text).orElseGet(ModelText::simulated);
        List<TextContent> files = found.map(OfferedText::of).orElseGet(OfferedText::simulated);
        return new LoadedModel(text, files, SimulatedWorkers.start(setup, name, ids, text.tokenizer()));
    }

    /** A server of somebody else's with this model's text side. */
    private static LoadedModel foreign(
            WorkerSetup setup, String name, WorkerId id, Path files, Consumer<String> progress) {
        ModelText text = text(files);
        int vocabulary = text.tokenizer().vocabularySize();
        return new LoadedModel(
                text,
                OfferedText.of(files),
                ForeignWorkers.start(setup, name, id, files.toString(), vocabulary, progress));
    }

    /** The text side of a model's files. */
    private static ModelText text(Path files) {
        if (Files.isDirectory(files) && Files.exists(files.resolve("config.json"))) {
            return ModelText.ofFolder(files);
        }
        try (GgufFile file = GgufFile.open(Models.ggufFile(files))) {
            return ModelText.ofGguf(Map.copyOf(file.metadata()));
        }
    }
}
