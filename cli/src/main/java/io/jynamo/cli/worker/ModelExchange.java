package io.jynamo.cli.worker;

import io.jynamo.cli.text.ModelText;
import io.jynamo.cli.text.OfferedText;
import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Offers what an engine of others serves after it has exchanged its model. Who asked for the old one never gets the new
 * one: another name is another model to clients, and token ids are only made by files that are known to be the new one's.
 */
final class ModelExchange {
    private static final System.Logger LOG = System.getLogger(ModelExchange.class.getName());

    private final ForeignWorkers workers;
    private final int count;
    private Terms terms;

    /**
     * Under which names a model is offered, and whose files make its token ids.
     *
     * @param served what the engine said that it served
     */
    record Terms(ServedModel.Identity served, List<String> names, Path files) {
        Terms {
            names = List.copyOf(names);
        }
    }

    /** @param count ranks of the engine */
    ModelExchange(ForeignWorkers workers, int count, Terms terms) {
        this.workers = workers;
        this.count = count;
        this.terms = terms;
    }

    /**
     * Joins what the engine serves now and offers it.
     *
     * @throws JynamoException where it cannot be joined, or nothing says which files are its text side
     */
    void offerAnew(WorkerOffers offers) {
        ServedModel.Identity now = workers.served();
        Terms next = terms(terms, now);
        ModelText text = ModelText.of(next.files());
        offers.announce(next.names(), count);
        List<AttachedEngine> engines =
                workers.join(offers.ids(), text.tokenizer().vocabularySize());
        if (engines.stream().anyMatch(engine -> !engine.served().equals(now))) {
            throw new JynamoException(ErrorCode.NOT_READY, "it is being exchanged once more");
        }
        offers.ready(engines, OfferedText.of(next.files()));
        LOG.log(
                System.Logger.Level.INFO,
                "the engine exchanged its model: {0} is offered as {1}, which was {2}",
                now,
                String.join(", ", next.names()),
                terms.served());
        terms = next;
    }

    /** The terms for what is served now. Pure but for a look whether a folder is there. */
    static Terms terms(Terms before, ServedModel.Identity now) {
        boolean sameName = now.name().equals(before.served().name());
        boolean sameRoot = sameName && now.root().equals(before.served().root());
        Optional<Path> files = sameRoot ? Optional.of(before.files()) : folder(now.root());
        return new Terms(
                now,
                sameName ? before.names() : List.of(now.name()),
                files.orElseThrow(() -> new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "it serves " + now + ", whose tokenizer is not at hand: start a worker with --model for it")));
    }

    private static Optional<Path> folder(String root) {
        try {
            Path folder = Path.of(root);
            return folder.isAbsolute() && Files.exists(folder.resolve("config.json"))
                    ? Optional.of(folder)
                    : Optional.empty();
        } catch (InvalidPathException noPath) {
            return Optional.empty();
        }
    }
}
