package io.jynamo.cli.worker;

import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.engine.Engine;
import io.jynamo.engine.KvEventSource;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.CardOverrides;
import io.jynamo.engine.kvfeed.KvFeedOptions;
import io.jynamo.engine.kvfeed.ZmqKvEvents;
import io.jynamo.engine.openai.OpenAiEngine;
import io.jynamo.engine.sglang.SglangEngine;
import io.jynamo.engine.trtllm.TrtllmEngine;
import io.jynamo.engine.vllm.VllmEngine;
import io.jynamo.protocol.WorkerId;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes a worker of an engine of others: one that runs already, or a vLLM that is launched and supervised here. */
final class ForeignWorkers {
    private static final System.Logger LOG = System.getLogger(ForeignWorkers.class.getName());

    private final WorkerSetup setup;
    private final WorkerId id;
    private final int vocabularySize;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private ForeignWorkers(WorkerSetup setup, WorkerId id, int vocabularySize) {
        this.setup = setup;
        this.id = id;
        this.vocabularySize = vocabularySize;
    }

    /**
     * Joins or launches it; returns once it can be asked.
     *
     * @param model what a launched engine loads
     * @param vocabularySize ids its tokenizer gives are below it
     * @param progress is told how far a launched engine is
     */
    static Workers start(
            WorkerSetup setup, String name, WorkerId id, String model, int vocabularySize, Consumer<String> progress) {
        var workers = new ForeignWorkers(setup, id, vocabularySize);
        try {
            return workers.start(name, model, progress);
        } catch (RuntimeException | Error failed) {
            workers.close();
            throw failed;
        }
    }

    private Workers start(String name, String model, Consumer<String> progress) {
        ForeignOptions told = setup.foreign();
        URI url;
        @Nullable String events = told.kvEvents().orElse(null);
        @Nullable String replay = told.kvReplay().orElse(null);
        if (told.attach().isPresent()) {
            url = told.attach().get();
        } else {
            LaunchedVllm launched = LaunchedVllm.start(setup, name, model, progress);
            opened.push(launched);
            url = launched.url();
            events = launched.kvEvents();
            replay = launched.kvReplay();
        }
        AttachOptions options = AttachOptions.of(url).withCard(CardOverrides.ofVocabulary(vocabularySize));
        if (told.apiKey().isPresent()) {
            options = options.withApiKey(told.apiKey().get());
        }
        if (events != null) {
            options = options.withKvEvents(follow(events, replay, options));
        }
        Engine engine = attach(options);
        LOG.log(System.Logger.Level.INFO, "joined the engine at {0}: {1}", url, engine.card());
        return new Workers(List.of(engine), this::close);
    }

    private Engine attach(AttachOptions options) {
        return switch (setup.engine().kind()) {
            case VLLM -> VllmEngine.attach(id, options);
            case SGLANG -> SglangEngine.attach(id, options);
            case TRTLLM -> TrtllmEngine.attach(id, options);
            case OPENAI -> OpenAiEngine.attach(id, options);
            case EMBEDDED, SIM -> throw new IllegalStateException("an engine of ours is not joined");
        };
    }

    /** The events are hashed by the engine's own block size, which only the engine knows. */
    private KvEventSource follow(String endpoint, @Nullable String replay, AttachOptions options) {
        int blockTokens;
        try (Engine asked = attach(options)) {
            blockTokens = asked.card().blockTokens();
        }
        ZmqKvEvents events = ZmqKvEvents.connect(KvFeedOptions.of(endpoint, replay, blockTokens));
        opened.push(events);
        return events::subscribe;
    }

    private void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception failed) {
                LOG.log(System.Logger.Level.ERROR, "something of an engine could not be closed", failed);
            }
        }
    }
}
