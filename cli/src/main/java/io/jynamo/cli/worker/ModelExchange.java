package io.jynamo.cli.worker;

import io.jynamo.cli.text.TextSide;
import io.jynamo.cli.text.TextSides;
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
 * Offers what an engine of others serves, and what it serves after it has exchanged its model. Who asked for the old one never gets the new
 * one: another name is another model to clients, and token ids are only made by files that are known to be the new one's.
 */
final class ModelExchange {
    private static final System.Logger LOG = System.getLogger(ModelExchange.class.getName());

    private final ForeignWorkers workers;
    private final TextSides texts;
    private TextSide text;
    private Terms terms;

    /**
     * Under which names a model is offered, and whose files make its token ids.
     *
     * @param served what the engine said that it served; empty before it was asked
     */
    record Terms(Optional<ServedModel.Identity> served, List<String> names, Path files) {
        Terms {
            names = List.copyOf(names);
        }
    }

    /** @param text of the model that the terms are of */
    ModelExchange(ForeignWorkers workers, TextSides texts, TextSide text, Terms terms) {
        this.workers = workers;
        this.texts = texts;
        this.text = text;
        this.terms = terms;
    }

    /** For people. */
    String engine() {
        return workers.toString();
    }

    /**
     * Joins what the engine serves now and offers it.
     *
     * @throws JynamoException where it cannot be joined, or nothing says which files are its text side
     */
    void offer(Offers offers) {
        ServedModel.Identity now = workers.served();
        Terms next = terms(terms, now);
        TextSide its = next.files().equals(terms.files()) ? text : texts.of(next.files());
        offers.announce(next.names(), workers.ranks());
        List<AttachedEngine> engines =
                workers.join(offers.ids(), its.text().tokenizer().vocabularySize(), next.files());
        if (engines.stream().anyMatch(engine -> !engine.served().equals(now))) {
            throw new JynamoException(ErrorCode.NOT_READY, "it is being exchanged once more");
        }
        offers.ready(engines, its);
        terms.served()
                .ifPresent(before -> LOG.log(
                        System.Logger.Level.INFO,
                        "the engine exchanged its model: {0} is offered as {1}, which was {2}",
                        now,
                        String.join(", ", next.names()),
                        before));
        terms = next;
        text = its;
    }

    /** The terms for what is served now; those there are where it is first seen. Pure but for a look for a folder. */
    static Terms terms(Terms before, ServedModel.Identity now) {
        ServedModel.Identity was = before.served().orElse(now);
        boolean sameName = now.name().equals(was.name());
        boolean sameRoot = sameName && now.root().equals(was.root());
        Optional<Path> files = sameRoot ? Optional.of(before.files()) : folder(now.root());
        return new Terms(
                Optional.of(now),
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
