package io.jynamo.cli.frontend;

import io.jynamo.cli.settings.ParserOptions;
import io.jynamo.cli.settings.RouterChoice;
import io.jynamo.cli.text.ModelText;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.Router;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.router.admission.AdmittingRouter;
import io.jynamo.text.reply.ReplyFormat;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The workers a frontend calls, by the model they serve, whether they are of this process or of others. The first worker
 * of a name settles what the model is; another that serves something else under it is refused. A model whose last worker
 * left stays known: its clients are told to come again, not that there is no such model. Another that comes under its name
 * then takes its place.
 */
public final class Fleet implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Fleet.class.getName());

    private final ModelRegistry registry;
    private final RouterChoice choice;
    private final ParserOptions parsers;
    private final Optional<Long> seed;
    private final Map<String, Served> models = new HashMap<>();
    private boolean closed;

    /** @param seed of requests that bring none */
    public Fleet(ModelRegistry registry, RouterChoice choice, ParserOptions parsers, Optional<Long> seed) {
        this.registry = registry;
        this.choice = choice;
        this.parsers = parsers;
        this.seed = seed;
    }

    /** What workers of one model have in common, and who they are, each with the adapters that it last had. */
    private record Served(
            List<String> names,
            String digest,
            ModelCard card,
            ModelText text,
            ReplyFormat replies,
            Router router,
            Map<WorkerId, Set<String>> workers) {
        boolean have(String adapter) {
            return workers.values().stream().anyMatch(adapters -> adapters.contains(adapter));
        }
    }

    /** Says that workers of these names will come. */
    public void announce(List<String> names) {
        names.forEach(registry::announce);
    }

    /**
     * Offers a worker to clients.
     *
     * @param names the model's own first
     * @param digest of the files that {@code text} was made from
     * @throws JynamoException INVALID_CONFIGURATION where another model has the name, or no parser has the one of its card
     */
    public synchronized void add(Worker worker, List<String> names, ModelText text, String digest) {
        if (closed) {
            return;
        }
        ReplyFormat replies = replies(worker, names, text); // before anything is changed: it may be refused
        Served before = models.get(names.getFirst());
        boolean replaces =
                before != null && before.workers().isEmpty() && differs(before, worker, digest, replies) != null;
        if (before != null && replaces) {
            models.remove(names.getFirst());
            adaptersOf(before).forEach(registry::remove);
        }
        Served served = before == null || replaces ? begin(worker.card(), names, text, replies, digest) : before;
        requireSame(served, worker, digest, replies);
        if (served.workers().putIfAbsent(worker.id(), Set.of()) == null) {
            served.router().add(worker);
        }
        for (String name : served.names()) {
            registry.offer(served(name, null, served));
        }
        followAdapters(served, worker);
        if (before != null && replaces) {
            before.router().close();
        }
    }

    /**
     * Offers what adapters a worker has now. One that it has no more is not served any more where no other worker has it; the
     * adapters of a worker that left stay known, as its model does.
     */
    public synchronized void followAdapters(Worker worker) {
        for (Served served : models.values()) {
            if (served.workers().containsKey(worker.id())) {
                followAdapters(served, worker);
            }
        }
    }

    private void followAdapters(Served served, Worker worker) {
        Set<String> now = worker.adapters();
        Set<String> before = Objects.requireNonNull(served.workers().put(worker.id(), now));
        if (closed || now.equals(before)) {
            return;
        }
        for (String gone : before) {
            if (!now.contains(gone) && !served.have(gone) && adaptersOf(served).contains(gone)) {
                registry.remove(gone);
            }
        }
        for (String come : now) {
            if (before.contains(come)) {
                continue;
            }
            if (registry.stages().containsKey(come) && !adaptersOf(served).contains(come)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the adapter `{0}` of worker {1} is not offered: another model has its name",
                        come,
                        worker.id());
            } else {
                registry.offer(served(come, come, served));
            }
        }
    }

    /** The adapters that are offered of a model. */
    private Set<String> adaptersOf(Served served) {
        return registry.ready().stream()
                .filter(model -> model.base().equals(served.names().getFirst()))
                .map(ServedModel::adapter)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** Gives a worker no more requests. */
    public synchronized void remove(WorkerId id) {
        for (Served served : models.values()) {
            if (served.workers().remove(id) != null) {
                served.router().remove(id);
            }
        }
    }

    /** How the replies of a model that has workers are read, for people. */
    synchronized String replies(String model) {
        Served served = models.get(model);
        return served == null ? "" : served.replies().toString();
    }

    /** How a worker's replies are read: as this process was told, else as its card says, else as its template shows. */
    private ReplyFormat replies(Worker worker, List<String> names, ModelText text) {
        try {
            return parsers.or(worker.card().parsers()).over(text.replies());
        } catch (JynamoException unknown) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "worker " + worker.id() + " serves `" + names.getFirst() + "` and names a parser that this frontend"
                            + " does not have. " + unknown.getMessage() + ". Give the frontend the flag of that parser,"
                            + " which then counts for all its models, or another version",
                    unknown);
        }
    }

    private Served begin(ModelCard card, List<String> names, ModelText text, ReplyFormat replies, String digest) {
        for (Served other : models.values()) {
            for (String name : names) {
                if (other.names().contains(name)) {
                    throw new JynamoException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "the name `" + name + "` is that of the model `"
                                    + other.names().getFirst() + "` already; give the new one another"
                                    + " --served-model-name");
                }
            }
        }
        // Of texts to embed nothing is cached: who has least to do is best, whatever is best for conversations.
        RoutingPolicy policy = card.encoding() != null
                ? RoutingPolicy.LEAST_LOADED
                : RoutingPolicy.valueOf(choice.mode().name());
        RouterOptions plain = RouterOptions.of(policy, card.blockTokens());
        var chooser = new PolicyRouter(choice.costs().over(plain, choice.requestsPerWorker()), new SplittableRandom());
        var router = new AdmittingRouter(chooser, choice.policies().over(choice.admission(), names), System::nanoTime);
        Served served = new Served(List.copyOf(names), digest, card, text, replies, router, new HashMap<>());
        models.put(names.getFirst(), served);
        return served;
    }

    private static void requireSame(Served served, Worker worker, String digest, ReplyFormat replies) {
        String differs = differs(served, worker, digest, replies);
        if (differs != null) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "worker " + worker.id() + " serves `" + served.names().getFirst() + "` with " + differs
                            + "; workers of one model must be alike, or be served under different names");
        }
    }

    private static @Nullable String differs(Served served, Worker worker, String digest, ReplyFormat replies) {
        ModelCard card = worker.card();
        if (!served.digest().equals(digest)) {
            return "another tokenizer or chat template";
        }
        if (card.blockTokens() != served.card().blockTokens()) {
            return "KV blocks of " + card.blockTokens() + " tokens, not "
                    + served.card().blockTokens();
        }
        if (card.maxModelLen() != served.card().maxModelLen()) {
            return "a context of " + card.maxModelLen() + " tokens, not "
                    + served.card().maxModelLen();
        }
        if (!Objects.equals(card.encoding(), served.card().encoding())) {
            return "vectors of another kind or width";
        }
        if (!card.modalities().equals(served.card().modalities())) {
            return "reads " + card.modalities() + ", not " + served.card().modalities();
        }
        if (!replies.equals(served.replies())) {
            return "other parsers of its replies (" + replies + "), not " + served.replies();
        }
        if (!card.capabilities().equals(served.card().capabilities())) {
            return "an engine that can do other things";
        }
        return null;
    }

    private ServedModel served(String name, @Nullable String adapter, Served served) {
        ModelText text = served.text();
        Sampling sampling = seed.map(text.sampling()::withSeed).orElse(text.sampling());
        return new ServedModel(
                name,
                served.names().getFirst(),
                adapter,
                served.card(),
                text.tokenizer(),
                text.prompt(),
                served.replies(),
                served.router(),
                sampling,
                Instant.now().getEpochSecond());
    }

    @Override
    public synchronized void close() {
        closed = true;
        models.values().forEach(served -> served.router().close());
    }
}
