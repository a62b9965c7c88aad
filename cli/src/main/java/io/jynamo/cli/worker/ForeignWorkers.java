package io.jynamo.cli.worker;

import io.jynamo.cli.settings.EngineKind;
import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.engine.attached.CardOverrides;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.engine.kvfeed.KvFeedOptions;
import io.jynamo.engine.kvfeed.ZmqKvEvents;
import io.jynamo.engine.openai.OpenAiEngine;
import io.jynamo.engine.process.EngineStatus;
import io.jynamo.engine.sglang.SglangEngine;
import io.jynamo.engine.trtllm.TrtllmEngine;
import io.jynamo.engine.vllm.VllmEngine;
import io.jynamo.engine.vllm.VllmEventSources;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one engine of others, one for each of its ranks: of an engine that runs already, or of one that is
 * launched and supervised here. Not for several threads at once.
 */
public final class ForeignWorkers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ForeignWorkers.class.getName());

    private final WorkerSetup setup;
    private final AttachOptions options;
    private final Optional<LaunchedEngine> launched;
    /** What joining opened: engines over the feeds they tell of. */
    private final Deque<AutoCloseable> joined = new ArrayDeque<>();

    private ForeignWorkers(WorkerSetup setup, AttachOptions options, Optional<LaunchedEngine> launched) {
        this.setup = setup;
        this.options = options;
        this.launched = launched;
    }

    /**
     * Finds the engine or launches it; returns once it can be asked.
     *
     * @param model what a launched engine loads
     */
    static ForeignWorkers start(WorkerSetup setup, String name, String model, Loading loading) {
        ForeignOptions told = setup.foreign();
        if (told.attach().isPresent()) {
            return new ForeignWorkers(setup, options(told, told.attach().get()), Optional.empty());
        }
        LaunchedEngine launched = LaunchedEngine.start(setup, name, model, listener(loading));
        try {
            loading.group().ifPresent(group -> group.drive(launched.process()));
            launched.awaitReady();
            loading.group().ifPresent(group -> group.awaitReady(launched, told.readyTimeout()));
            return new ForeignWorkers(setup, options(told, launched.url()), Optional.of(launched));
        } catch (RuntimeException | Error failed) {
            launched.close();
            throw failed;
        }
    }

    private static Consumer<EngineStatus> listener(Loading loading) {
        return status -> {
            loading.progress().accept(status.detail());
            loading.group().ifPresent(group -> group.onEngine(status));
        };
    }

    /** How an engine is asked that is not known yet. */
    static AttachOptions options(ForeignOptions told, URI url) {
        AttachOptions options = AttachOptions.of(url);
        return told.apiKey().map(options::withApiKey).orElse(options);
    }

    /**
     * Joins what it serves now, instead of what it served before.
     *
     * @param ids who its ranks are
     * @param vocabularySize ids that the model's tokenizer gives are below it
     */
    List<AttachedEngine> join(List<WorkerId> ids, int vocabularySize) {
        leave();
        AttachOptions known = options.withCard(
                CardOverrides.of(vocabularySize, setup.model().maxModelLen().orElse(null)));
        try {
            List<AttachOptions> each = new ArrayList<>();
            for (int rank = 0; rank < ids.size(); rank++) {
                each.add(ids.size() == 1 ? known : known.withRank(rank));
            }
            each = withEvents(each);
            List<AttachedEngine> engines = new ArrayList<>();
            for (int rank = 0; rank < ids.size(); rank++) {
                AttachedEngine engine = attach(ids.get(rank), each.get(rank));
                joined.push(engine);
                engines.add(engine);
                LOG.log(
                        System.Logger.Level.INFO,
                        "joined {0} at {1}: {2}",
                        ids.size() == 1 ? "the engine" : "rank " + rank + " of the engine",
                        options.url(),
                        engine.card());
            }
            launched.ifPresent(own -> own.judgeBy(() -> unwell(engines)));
            return engines;
        } catch (RuntimeException | Error failed) {
            leave();
            throw failed;
        }
    }

    /** What is wrong with engines that give no token; one that exchanged its model is well. */
    private static Optional<String> unwell(List<AttachedEngine> engines) {
        return engines.stream()
                .filter(engine -> engine.state() == WorkerState.UNREACHABLE)
                .findFirst()
                .map(engine -> "it gives no token, whatever its health page says");
    }

    /** What the engine says that it serves now. */
    ServedModel.Identity served() {
        try (EngineHttp http = new EngineHttp(options)) {
            return ServedModel.find(http, options).identity();
        }
    }

    private AttachedEngine attach(WorkerId id, AttachOptions at) {
        return switch (setup.engine().kind()) {
            case VLLM -> VllmEngine.attach(id, at);
            case SGLANG -> SglangEngine.attach(id, at);
            case TRTLLM -> TrtllmEngine.attach(id, at);
            case OPENAI -> OpenAiEngine.attach(id, at);
            case EMBEDDED, SIM -> throw new IllegalStateException("an engine of ours is not joined");
        };
    }

    /** Where the first rank publishes; events are hashed by the engine's own block size, which only it knows. */
    private List<AttachOptions> withEvents(List<AttachOptions> ranks) {
        ForeignOptions told = setup.foreign();
        @Nullable
        String endpoint =
                launched.flatMap(LaunchedEngine::kvEvents).or(told::kvEvents).orElse(null);
        @Nullable
        String replay =
                launched.flatMap(LaunchedEngine::kvReplay).or(told::kvReplay).orElse(null);
        if (endpoint == null && setup.engine().kind() == EngineKind.VLLM) {
            Optional<VllmEventSources> said = VllmEventSources.of(options);
            endpoint = said.map(VllmEventSources::endpoint).orElse(null);
            replay = said.map(VllmEventSources::replay).orElse(null);
        }
        if (endpoint == null) {
            return ranks;
        }
        int blockTokens;
        try (AttachedEngine asked = attach(new WorkerId(1), ranks.getFirst())) {
            blockTokens = asked.card().blockTokens();
        }
        List<AttachOptions> hearing = new ArrayList<>();
        for (int rank = 0; rank < ranks.size(); rank++) {
            KvFeedOptions feed = KvFeedOptions.of(endpoint, replay, blockTokens);
            ZmqKvEvents events = ZmqKvEvents.connect(ranks.size() == 1 ? feed : feed.ofRank(rank));
            joined.push(events);
            hearing.add(ranks.get(rank).withKvEvents(events::subscribe));
        }
        return hearing;
    }

    private void leave() {
        while (!joined.isEmpty()) {
            quietly(joined.pop());
        }
    }

    @Override
    public void close() {
        leave();
        launched.ifPresent(ForeignWorkers::quietly);
    }

    private static void quietly(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception failed) {
            LOG.log(System.Logger.Level.ERROR, "something of an engine could not be closed", failed);
        }
    }
}
