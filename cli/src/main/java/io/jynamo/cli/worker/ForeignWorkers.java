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
import io.jynamo.engine.sglang.SglangRanks;
import io.jynamo.engine.trtllm.TrtllmEngine;
import io.jynamo.engine.vllm.VllmEngine;
import io.jynamo.engine.vllm.VllmEventSources;
import io.jynamo.engine.vllm.VllmRanks;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one engine of others, one for each of its ranks: of an engine that runs already, or of one that is
 * launched and supervised here. Not for several threads at once.
 */
final class ForeignWorkers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ForeignWorkers.class.getName());

    private final Place place;
    private final AttachOptions options;
    private final Optional<LaunchedEngine> launched;
    /** What joining opened: engines over the feeds they tell of. */
    private final Deque<AutoCloseable> joined = new ArrayDeque<>();

    /** Which of a process's engines it is. */
    record Place(WorkerSetup setup, ForeignOptions.Target target) {}

    private ForeignWorkers(Place place, AttachOptions options, Optional<LaunchedEngine> launched) {
        this.place = place;
        this.options = options;
        this.launched = launched;
    }

    /**
     * Takes the engine that runs, which may not answer, or launches one and returns once it can be asked.
     *
     * @param files what a launched engine loads
     * @param offers are told how far a launched one is
     * @param group that a launched one leads
     */
    static ForeignWorkers start(Place place, String name, Path files, Offers offers, Optional<GroupMember> group) {
        ForeignOptions told = place.setup().foreign();
        if (place.target().url().isPresent()) {
            return new ForeignWorkers(place, options(told, place.target().url().get()), Optional.empty());
        }
        LaunchedEngine launched = LaunchedEngine.start(place.setup(), name, files.toString(), listener(offers, group));
        try {
            group.ifPresent(member -> member.drive(launched.process()));
            launched.awaitReady();
            group.ifPresent(member -> member.awaitReady(launched, told.readyTimeout()));
            return new ForeignWorkers(place, options(told, launched.url()), Optional.of(launched));
        } catch (RuntimeException | Error failed) {
            launched.close();
            throw failed;
        }
    }

    private static Consumer<EngineStatus> listener(Offers offers, Optional<GroupMember> group) {
        return status -> {
            LOG.log(System.Logger.Level.INFO, "engine: {0}", status.detail());
            offers.loading(status.detail());
            group.ifPresent(member -> member.onEngine(status));
        };
    }

    private static AttachOptions options(ForeignOptions told, URI url) {
        AttachOptions options = AttachOptions.of(url);
        return told.apiKey().map(options::withApiKey).orElse(options);
    }

    /** How many workers it has. A vLLM or SGLang is asked; one that does not say counts as one. */
    int ranks() {
        ForeignOptions told = place.setup().foreign();
        EngineKind kind = place.setup().engine().kind();
        if (launched.isPresent()) {
            return EngineLaunch.ranks(kind, told);
        }
        return told.dataParallelSize().orElseGet(() -> asked(kind));
    }

    private int asked(EngineKind kind) {
        try {
            return switch (kind) {
                case VLLM -> VllmRanks.count(options);
                case SGLANG -> SglangRanks.count(options);
                case TRTLLM, OPENAI, EMBEDDED, SIM -> 1;
            };
        } catch (JynamoException silent) {
            LOG.log(System.Logger.Level.DEBUG, "the ranks of {0} are not known: {1}", this, silent.getMessage());
            return 1;
        }
    }

    /**
     * Joins what it serves now, instead of what it served before.
     *
     * @param ids who its ranks are
     * @param vocabularySize ids that the model's tokenizer gives are below it
     * @param files of the model
     */
    List<AttachedEngine> join(List<WorkerId> ids, int vocabularySize, Path files) {
        leave();
        AttachOptions known = options.withCard(CardOverrides.of(
                        vocabularySize, place.setup().model().maxModelLen().orElse(null))
                .withModalities(modalities(files))
                .withThinkingFirst(launched.isPresent()
                        && EngineLaunch.thinksFirst(
                                place.setup().engine().kind(), place.setup().foreign())));
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

    /** What is told of them or, where the engine does not say, the model's own files; null where those say nothing. */
    private @Nullable Set<Modality> modalities(Path files) {
        return place.setup()
                .foreign()
                .modalities()
                .or(() -> switch (place.setup().engine().kind()) {
                    case VLLM, TRTLLM -> ModelModalities.find(files);
                    case SGLANG, OPENAI, EMBEDDED, SIM -> Optional.empty();
                })
                .orElse(null);
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
        return switch (place.setup().engine().kind()) {
            case VLLM -> VllmEngine.attach(id, at);
            case SGLANG -> SglangEngine.attach(id, at);
            case TRTLLM -> TrtllmEngine.attach(id, at);
            case OPENAI -> OpenAiEngine.attach(id, at);
            case EMBEDDED, SIM -> throw new IllegalStateException("an engine of ours is not joined");
        };
    }

    /** Where the first rank publishes; events are hashed by the engine's own block size, which only it knows. */
    private List<AttachOptions> withEvents(List<AttachOptions> ranks) {
        ForeignOptions.Target told = place.target();
        @Nullable
        String endpoint =
                launched.flatMap(LaunchedEngine::kvEvents).or(told::kvEvents).orElse(null);
        @Nullable
        String replay =
                launched.flatMap(LaunchedEngine::kvReplay).or(told::kvReplay).orElse(null);
        if (endpoint == null && place.setup().engine().kind() == EngineKind.VLLM) {
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

    /** Where it is asked. */
    String url() {
        return options.url().toString();
    }

    /** For people. */
    @Override
    public String toString() {
        return "the engine at " + options.url();
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
