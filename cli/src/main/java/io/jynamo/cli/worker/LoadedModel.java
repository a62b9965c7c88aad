package io.jynamo.cli.worker;

import io.jynamo.cli.text.ModelText;
import io.jynamo.cli.text.OfferedText;
import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.session.TextContent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A model ready to be served: its text side and its workers.
 *
 * @param files what others need to make the same text side
 * @param foreign the engine of others behind the workers
 */
public record LoadedModel(ModelText text, List<TextContent> files, Workers workers, Optional<Foreign> foreign) {
    /**
     * An engine of others and what it was loaded with.
     *
     * @param served what it said that it serves
     * @param files of the model's text side
     */
    public record Foreign(ForeignWorkers workers, ServedModel.Identity served, Path files) {}

    /**
     * Reads the model's files and starts its workers.
     *
     * @param name clients know it by
     */
    public static LoadedModel load(WorkerSetup setup, String name, Loading loading) {
        Optional<Path> found = setup.model().model().map(loading.find());
        IntFunction<WorkerId> ids = loading.ids()::get;
        return switch (setup.engine().kind()) {
            case EMBEDDED -> embedded(setup, name, ids, found.orElseThrow());
            case SIM -> simulated(setup, name, ids, found);
            case VLLM, SGLANG, TRTLLM, OPENAI -> foreign(setup, name, found.orElseThrow(), loading);
        };
    }

    private static LoadedModel embedded(WorkerSetup setup, String name, IntFunction<WorkerId> ids, Path files) {
        // The tokenizer is read while the weights are packed: both take a good part of a second on a large vocabulary.
        try (var text = new Ahead<>("model-text", () -> ModelText.of(files))) {
            Workers workers = EmbeddedWorkers.start(setup, name, ids, files);
            try {
                return new LoadedModel(text.await(), OfferedText.of(files), workers, Optional.empty());
            } catch (RuntimeException | Error failed) {
                workers.close();
                throw failed;
            }
        }
    }

    /** Workers that only imitate a model. */
    private static LoadedModel simulated(
            WorkerSetup setup, String name, IntFunction<WorkerId> ids, Optional<Path> found) {
        ModelText text = found.map(ModelText::of).orElseGet(ModelText::simulated);
        List<TextContent> files = found.map(OfferedText::of).orElseGet(OfferedText::simulated);
        Workers workers = SimulatedWorkers.start(setup, name, ids, text.tokenizer());
        return new LoadedModel(text, files, workers, Optional.empty());
    }

    /** A server of somebody else's with this model's text side. */
    private static LoadedModel foreign(WorkerSetup setup, String name, Path files, Loading loading) {
        ModelText text = ModelText.of(files);
        ForeignWorkers foreign = ForeignWorkers.start(setup, name, files.toString(), loading);
        try {
            List<AttachedEngine> engines =
                    foreign.join(loading.ids(), text.tokenizer().vocabularySize());
            return new LoadedModel(
                    text,
                    OfferedText.of(files),
                    new Workers(List.copyOf(engines), foreign::close),
                    Optional.of(new Foreign(foreign, engines.getFirst().served(), files)));
        } catch (RuntimeException | Error failed) {
            foreign.close();
            throw failed;
        }
    }
}
