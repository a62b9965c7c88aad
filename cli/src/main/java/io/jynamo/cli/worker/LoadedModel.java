package io.jynamo.cli.worker;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.text.ModelText;
import io.jynamo.cli.text.OfferedText;
import io.jynamo.cli.text.TextSide;
import io.jynamo.engine.weights.EncoderWeights;
import java.nio.file.Path;
import java.util.Optional;

/** A model that this process offers until it is closed: its text side is read, its workers are started or joined. */
public final class LoadedModel implements AutoCloseable {
    private final Lifecycle lifecycle = new Lifecycle();

    private LoadedModel() {}

    /** Reads the model's files, starts its workers and offers them; returns once they take requests. */
    public static LoadedModel load(WorkerSetup setup, ServedNames names, Loading loading) {
        Optional<Path> found = setup.model().model().map(loading.find());
        var model = new LoadedModel();
        try {
            switch (setup.engine().kind()) {
                case EMBEDDED -> model.embedded(setup, names, loading.offers().getFirst(), found.orElseThrow());
                case SIM -> model.simulated(setup, names, loading.offers().getFirst(), found);
                case VLLM, SGLANG, TRTLLM, OPENAI -> {
                    Path files = found.orElseThrow();
                    if (EncoderWeights.isEncoder(files)) {
                        ForeignEncoders.join(setup, files, loading, model.lifecycle);
                    } else {
                        ForeignEngines.join(setup, names, files, loading, model.lifecycle);
                    }
                }
            }
            return model;
        } catch (RuntimeException | Error failed) {
            model.close();
            throw failed;
        }
    }

    private void embedded(WorkerSetup setup, ServedNames names, Offers offers, Path files) {
        // The tokenizer is read while the weights are packed: both take a good part of a second on a large vocabulary.
        try (var text = new Ahead<>("model-text", () -> ModelText.of(files))) {
            Workers workers = lifecycle.own(
                    EncoderWeights.isEncoder(files)
                            ? EncoderWorkers.start(setup, names.primary(), offers.ids()::get, files)
                            : EmbeddedWorkers.start(
                                    setup,
                                    names.primary(),
                                    offers.ids()::get,
                                    files,
                                    () -> text.await().tokenizer()));
            lifecycle.own(offers::withdraw);
            offers.ready(workers.engines(), new TextSide(text.await(), OfferedText.of(files)));
        }
    }

    /** Workers that only imitate a model. */
    private void simulated(WorkerSetup setup, ServedNames names, Offers offers, Optional<Path> found) {
        TextSide text = found.map(TextSide::of).orElseGet(TextSide::simulated);
        Workers workers = lifecycle.own(SimulatedWorkers.start(
                setup, names.primary(), offers.ids()::get, text.text().tokenizer()));
        lifecycle.own(offers::withdraw);
        offers.ready(workers.engines(), text);
    }

    /** Withdraws its workers and ends them. */
    @Override
    public void close() {
        lifecycle.close();
    }
}
