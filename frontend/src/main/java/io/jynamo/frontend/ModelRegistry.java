package io.jynamo.frontend;

import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.DecisionFigures;
import io.jynamo.router.Router;
import io.jynamo.router.RouterStatus;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.tokenizer.PrefixCachedTokenizer;
import io.jynamo.text.tokenizer.PrefixCachedTokenizer.Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The models that clients can ask for, and how far each is. Models come and go while the server listens; readers get an
 * immutable snapshot.
 *
 * <p>{@code announce} → loading → {@code offer} → ready → {@code drain} → draining → {@code remove} → unknown. Only a
 * ready model is listed and answers; a loading or draining one is refused with 503, an unknown one with 404.
 */
public final class ModelRegistry {
    /** How far a model is. */
    public sealed interface Stage {
        /**
         * Its files are being read.
         *
         * @param sinceNanos by the registry's clock
         */
        record Loading(long sinceNanos) implements Stage {}

        /** It answers. */
        record Ready(ServedModel model) implements Stage {}

        /** It finishes what it has and takes nothing new. */
        record Draining(ServedModel model) implements Stage {}
    }

    private final LongSupplier clock;
    private volatile Map<String, Stage> stages = Map.of();

    public ModelRegistry() {
        this(System::nanoTime);
    }

    /** @param clock in nanoseconds; never goes back */
    ModelRegistry(LongSupplier clock) {
        this.clock = clock;
    }

    /** Says that a model will come, so that it is refused with 503 rather than 404 until then. */
    public void announce(String name) {
        change(map -> {
            map.putIfAbsent(name, new Stage.Loading(clock.getAsLong()));
        });
    }

    /** Serves a model from now on; replaces one of the same name. */
    public void offer(ServedModel model) {
        change(map -> {
            map.put(model.name(), new Stage.Ready(model));
        });
    }

    /** Takes no new request for a model. */
    public void drain(String name) {
        change(map -> {
            map.computeIfPresent(
                    name,
                    (key, stage) -> stage instanceof Stage.Ready ready ? new Stage.Draining(ready.model()) : stage);
        });
    }

    public void remove(String name) {
        change(map -> {
            map.remove(name);
        });
    }

    /** The ready models by name. */
    public List<ServedModel> ready() {
        return stages.values().stream()
                .filter(Stage.Ready.class::isInstance)
                .map(stage -> ((Stage.Ready) stage).model())
                .toList();
    }

    /** The ready models that a key may ask for, by name. */
    public List<ServedModel> ready(KeyTerms terms) {
        return ready().stream()
                .filter(model -> terms.models().allows(model.name()))
                .toList();
    }

    /** Every model and how far it is, by name. */
    public Map<String, Stage> stages() {
        return stages;
    }

    /**
     * The ready model of a name.
     *
     * @param terms of the key that asks; models that it may not ask for are not there
     * @throws JynamoException MODEL_NOT_FOUND with the names there are, NOT_READY while it loads or drains
     */
    public ServedModel require(String name, KeyTerms terms) {
        return switch (terms.models().allows(name) ? stages.get(name) : null) {
            case null ->
                throw new JynamoException(
                        ErrorCode.MODEL_NOT_FOUND,
                        "The model `" + name + "` is not served here. Served models: " + names(terms) + ".");
            case Stage.Ready ready -> ready.model();
            case Stage.Loading loading ->
                // What has taken so long takes about as long again, as far as anyone can tell.
                throw JynamoException.retryable(
                        ErrorCode.NOT_READY,
                        "The model `" + name + "` is still loading; please retry shortly.",
                        Duration.ofNanos(clock.getAsLong() - loading.sinceNanos()));
            case Stage.Draining ignored ->
                throw new JynamoException(
                        ErrorCode.NOT_READY, "The model `" + name + "` is being taken out of service.");
        };
    }

    /** What the prompt caches have done, by the first name of each tokenizer that has one. */
    Map<String, Counts> tokenizerCaches() {
        Map<String, Counts> counts = new TreeMap<>();
        Set<Tokenizer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ServedModel model : ready()) {
            boolean own = model.adapter() == null;
            if (own && model.tokenizer() instanceof PrefixCachedTokenizer cached && seen.add(cached)) {
                counts.put(model.name(), cached.counts());
            }
        }
        return counts;
    }

    /** What the workers behind the ready models were given, each router's once. */
    List<RouterStatus.WorkerStatus> workers() {
        List<RouterStatus.WorkerStatus> statuses = new ArrayList<>();
        Set<Router> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ServedModel model : ready()) {
            if (seen.add(model.router())) {
                statuses.addAll(model.router().status().workers());
            }
        }
        return statuses;
    }

    /** What each router's decisions took and found, by the first name of its models. */
    Map<String, DecisionFigures> decisions() {
        return byRouter(Router::decisions);
    }

    /** The routers as they are now, by the first name of each one's models. */
    Map<String, RouterStatus> routers() {
        return byRouter(Router::status);
    }

    /** Who waits for a worker, by the first name of each router's models and by policy class. */
    Map<String, Map<String, Router.Queue>> queues() {
        return byRouter(Router::queues);
    }

    private <T> Map<String, T> byRouter(Function<Router, T> figure) {
        Map<String, T> figures = new TreeMap<>();
        Set<Router> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ServedModel model : ready()) {
            if (model.adapter() == null && seen.add(model.router())) {
                figures.put(model.name(), figure.apply(model.router()));
            }
        }
        return figures;
    }

    private String names(KeyTerms terms) {
        List<ServedModel> ready = ready(terms);
        return ready.isEmpty()
                ? "none yet"
                : String.join(", ", ready.stream().map(ServedModel::name).toList());
    }

    private synchronized void change(Consumer<Map<String, Stage>> how) {
        Map<String, Stage> changed = new TreeMap<>(stages);
        how.accept(changed);
        stages = Collections.unmodifiableMap(changed);
    }
}
