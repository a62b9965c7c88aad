package io.jynamo.frontend.metrics;

import io.jynamo.frontend.keys.Keys;
import io.jynamo.frontend.resume.ResumableStreams;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.DecisionFigures;
import io.jynamo.router.RouterStatus;
import io.jynamo.text.tokenizer.PrefixCachedTokenizer.Counts;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything the frontend counts and times, under the names, labels and buckets of Dynamo's frontend, so that its
 * dashboards work.
 *
 * <p>Series of a model are looked up once and kept in its {@link ModelMeters}; a request touches no label.
 */
public final class FrontendMetrics {
    /** Stands for every name that is not served, which would otherwise make a series per typing error. */
    public static final String UNKNOWN_MODEL = "unknown";

    /** There is no split of prefill and decode yet. */
    private static final String PHASE = "aggregated";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ConcurrentHashMap<String, ModelMeters> models = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<WorkerId, WorkerMeters> workers = new ConcurrentHashMap<>();
    private volatile @Nullable Supplier<List<RouterStatus.WorkerStatus>> statuses;
    private final LiveMeter live = new LiveMeter();
    private final LongAdder detokenizeNanos = new LongAdder();
    private final LongAdder detokenizedTokens = new LongAdder();

    final Counter requests;
    final Counter started;
    final Counter outputTokens;
    final Counter migrations;
    final Counter resumptions;
    final Counter cancellations;
    final Counter rejections;
    final Gauge inflight;
    final Gauge active;
    final Gauge queued;
    final Gauge disconnected;
    final Gauge contextLength;
    final Gauge blockTokens;
    final Gauge totalBlocks;
    final Gauge maxSequences;
    final Gauge maxBatchedTokens;
    final BucketHistogram duration;
    final BucketHistogram inputTokens;
    final BucketHistogram cachedTokens;
    final BucketHistogram outputLength;
    final BucketHistogram timeToFirstToken;
    final BucketHistogram interTokenLatency;
    private final BucketHistogram embeddingLatency;
    private final Counter retriesRefused;
    private final QueueMeters queue;
    private final IndexMeters index;
    private final BatchMeters batches;
    private final MediaMeters media;
    private final LoopMeters loops;
    private final BucketHistogram.Series tokenizeSeconds;
    private final BucketHistogram.Series templateSeconds;
    private final BucketHistogram.Series tokenizeMillis;
    private final BucketHistogram.Series detokenizeMillis;
    private final BucketHistogram.Series preprocessStage;
    private final BucketHistogram.Series routeStage;
    private final BucketHistogram.Series roundtripStage;
    private final String prefix;
    private final MetricNames names;
    private final GaugeDataPoint inPreprocess;
    private final GaugeDataPoint inRoute;
    private final GaugeDataPoint inDispatch;

    /** @param prefix of every name, {@code dynamo_frontend} for Dynamo's dashboards */
    public FrontendMetrics(String prefix) {
        this.prefix = prefix + "_";
        names = new MetricNames(this.prefix, registry);
        requests = names.counter(
                "requests", "Requests that ended.", "model", "endpoint", "request_type", "status", "error_type");
        started = names.counter("requests_started", "Requests that began.", "model", "endpoint", "request_type");
        outputTokens = names.counter("output_tokens", "Output tokens sent.", "model");
        migrations = names.counter(
                "model_migration", "Requests that went on with another worker.", "model", "migration_type");
        resumptions = names.counter(
                "stream_resumptions", "Clients that came back for a broken stream, by what became of it.", "outcome");
        for (ResumableStreams.Outcome outcome : ResumableStreams.Outcome.values()) {
            resumptions.initLabelValues(outcome.name().toLowerCase(Locale.ROOT));
        }
        cancellations =
                names.counter("model_cancellation", "Requests whose client left.", "model", "endpoint", "request_type");
        rejections = names.counter("model_rejection", "Requests refused for want of room.", "model", "endpoint");
        retriesRefused = names.counter(
                "retry_budget_exhausted", "Requests not given to another worker since too many others had been.");
        queue = new QueueMeters(this.prefix, registry);
        index = new IndexMeters(this.prefix, registry);
        batches = new BatchMeters(this.prefix, registry);
        media = new MediaMeters(names);
        inflight = names.gauge("inflight_requests", "Requests running; the same as active_requests.", "model");
        active = names.gauge("active_requests", "Requests running.", "model");
        queued = names.gauge("queued_requests", "Requests without a first token yet.", "model");
        disconnected = names.gauge("disconnected_clients", "Clients that left before their answer was whole.");
        Gauge stages = names.gauge("stage_requests", "Requests by the stage they are in.", "stage", "phase");
        inPreprocess = stages.labelValues("preprocess", PHASE);
        inRoute = stages.labelValues("route", PHASE);
        inDispatch = stages.labelValues("dispatch", PHASE);
        contextLength = names.gauge("model_context_length", "Tokens one request may use.", "model");
        blockTokens = names.gauge("model_kv_cache_block_size", "Tokens per KV block.", "model");
        totalBlocks = names.gauge("model_total_kv_blocks", "KV blocks of a worker.", "model");
        maxSequences = names.gauge("model_max_num_seqs", "Choices in one batch at most.", "model");
        maxBatchedTokens = names.gauge("model_max_num_batched_tokens", "Tokens of one step at most.", "model");
        duration =
                names.histogram("request_duration_seconds", "Arrival to end.", 0, 2, 4, 8, 16, 32, 64, 130, 260, 510);
        double[] lengths = {0, 100, 210, 430, 870, 1800, 3600, 7400, 15000, 31000, 63000, 130000};
        inputTokens = names.histogram("input_sequence_tokens", "Prompt tokens.", lengths);
        cachedTokens = names.histogram("cached_tokens", "Prompt tokens found in the KV cache.", lengths);
        outputLength = names.histogram(
                "output_sequence_tokens", "Output tokens.", 0, 100, 210, 430, 880, 1800, 3700, 7600, 16000, 32000);
        timeToFirstToken = names.histogram(
                "time_to_first_token_seconds",
                "Arrival to first token.",
                0,
                .0022,
                .0047,
                .01,
                .022,
                .047,
                .1,
                .22,
                .47,
                1,
                2.2,
                4.7,
                10,
                22,
                48,
                100,
                220,
                480);
        interTokenLatency = names.histogram(
                "inter_token_latency_seconds",
                "Time per token after the first.",
                0,
                .0019,
                .0035,
                .0067,
                .013,
                .024,
                .045,
                .084,
                .16,
                .3,
                .56,
                1.1,
                2);
        embeddingLatency = names.histogram(
                "embedding_latency_seconds",
                "Arrival to the vectors or scores of a request for such.",
                0,
                .002,
                .0041,
                .0084,
                .017,
                .035,
                .07,
                .14,
                .29,
                .59,
                1.2,
                2.4,
                4.9,
                10);
        loops = new LoopMeters(names);
        tokenizeSeconds = names.histogram(
                        "tokenize_seconds",
                        "Time to turn a prompt into tokens.",
                        .0001,
                        .0005,
                        .001,
                        .005,
                        .01,
                        .05,
                        .1,
                        .5,
                        1)
                .series(Labels.EMPTY);
        templateSeconds = names.histogram(
                        "template_seconds",
                        "Time to render a chat template.",
                        .00001,
                        .00005,
                        .0001,
                        .0005,
                        .001,
                        .005,
                        .01,
                        .05)
                .series(Labels.EMPTY);
        BucketHistogram tokenizer = names.histogram(
                "tokenizer_latency_ms",
                "Time in the tokenizer: of a prompt, or per output token.",
                .5,
                1,
                2,
                4,
                8,
                16,
                32,
                64,
                128,
                256,
                512);
        tokenizeMillis = tokenizer.series(Labels.of("operation", "tokenize"));
        detokenizeMillis = tokenizer.series(Labels.of("operation", "detokenize"));
        BucketHistogram stageSeconds = names.histogram(
                "stage_duration_seconds", "Time in each stage.", .0001, .0005, .001, .005, .01, .05, .1, .5, 1, 2.5, 5);
        preprocessStage = stageSeconds.series(Labels.of("stage", "preprocess"));
        routeStage = stageSeconds.series(Labels.of("stage", "route"));
        roundtripStage = stageSeconds.series(Labels.of("stage", "transport_roundtrip"));
        lastOfWorkers();
    }

    /** The series of a model; made when first asked for. */
    public ModelMeters model(String name) {
        return models.computeIfAbsent(name, made -> new ModelMeters(this, made));
    }

    /** Shows what a model's card says. */
    public void onModel(ModelCard card, String name) {
        contextLength.labelValues(name).set(card.maxModelLen());
        blockTokens.labelValues(name).set(card.blockTokens());
        totalBlocks.labelValues(name).set(card.totalBlocks());
        maxSequences.labelValues(name).set(card.maxSequences());
        maxBatchedTokens.labelValues(name).set(card.maxBatchedTokens());
    }

    /** A request of a model for vectors or scores was answered. */
    public void onEmbedding(String model, long nanos) {
        embeddingLatency.series(Labels.of("model", model)).observe(nanos / 1e9);
    }

    public void onLoopDelay(long nanos) {
        loops.onDelay(nanos);
    }

    public void onTemplate(long nanos) {
        templateSeconds.observe(nanos / 1e9);
    }

    public void onTokenize(long nanos) {
        tokenizeSeconds.observe(nanos / 1e9);
        tokenizeMillis.observe(nanos / 1e6);
    }

    /** A request's {@code tokens} became text in {@code nanos}, all of them together. */
    void onDetokenize(long nanos, int tokens) {
        detokenizeNanos.add(nanos);
        detokenizedTokens.add(tokens);
        detokenizeMillis.observe(nanos / 1e6 / tokens);
    }

    /** A worker's first token came so long after it was given the request. */
    void onRoundtrip(long nanos) {
        roundtripStage.observe(nanos / 1e9);
    }

    /** What happens now. */
    public LiveMeter live() {
        return live;
    }

    /** Prompt tokens that a worker found in its KV cache, of the requests that were given to it first. */
    public long cachedTokens(WorkerId id) {
        WorkerMeters known = workers.get(id);
        return known == null ? 0 : known.cachedTokens();
    }

    WorkerMeters worker(WorkerId id) {
        WorkerMeters known = workers.get(id);
        if (known != null) {
            return known;
        }
        forgetGone();
        return workers.computeIfAbsent(id, made -> new WorkerMeters());
    }

    /** How many workers have series. */
    int keptWorkers() {
        return workers.size();
    }

    /** A restarted worker has another id: without this, series would be kept of every worker there ever was. */
    private void forgetGone() {
        Supplier<List<RouterStatus.WorkerStatus>> known = statuses;
        if (known != null) {
            Set<WorkerId> there = new HashSet<>();
            known.get().forEach(one -> there.add(one.worker()));
            workers.keySet().retainAll(there);
        }
    }

    public void onPreprocessBegin() {
        inPreprocess.inc();
    }

    public void onPreprocessEnd(long nanos) {
        inPreprocess.dec();
        preprocessStage.observe(nanos / 1e9);
    }

    public void onRouteBegin() {
        inRoute.inc();
    }

    public void onRouteEnd(long nanos) {
        inRoute.dec();
        routeStage.observe(nanos / 1e9);
    }

    /** A request is with a worker and has no answer yet. */
    public void onDispatchBegin() {
        inDispatch.inc();
    }

    public void onDispatchEnd() {
        inDispatch.dec();
    }

    public void onResumption(ResumableStreams.Outcome outcome) {
        resumptions.labelValues(outcome.name().toLowerCase(Locale.ROOT)).inc();
    }

    /** Shows how many streams are kept for clients that may come back, and what they take. */
    public void showKeptStreams(IntSupplier streams, LongSupplier bytes) {
        gauge("resumable_streams", "Streams kept for clients that may come back.", streams::getAsInt);
        gauge("resumable_stream_bytes", "What they take, in bytes.", bytes);
    }

    /** Shows the responses that are kept. */
    public void showKeptResponses(IntSupplier responses, LongSupplier bytes) {
        gauge("kept_responses", "Responses kept to be read and gone on from.", responses::getAsInt);
        gauge("kept_response_bytes", "What they take, in bytes.", bytes);
    }

    private void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .callback(data -> data.call((double) value.getAsLong()))
                .register(registry);
    }

    /** What becomes of requests that wait for a worker. */
    public QueueMeters queue() {
        return queue;
    }

    /** Images, sounds and films. */
    public MediaMeters media() {
        return media;
    }

    /** Files and batches. */
    public BatchMeters batches() {
        return batches;
    }

    /** What routers know of their workers' caches. */
    public IndexMeters index() {
        return index;
    }

    /** A request was not given to another worker since too many others had been. */
    public void onRetryRefused() {
        retriesRefused.inc();
    }

    public void onDisconnect() {
        disconnected.inc();
    }

    /** The page that Prometheus reads. */
    public byte[] page() {
        forgetGone();
        var out = new ByteArrayOutputStream(16_384);
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        // By hand: the library ends every counter's name with _total, and these names end otherwise.
        counter(out, "detokenize_total_us", "Time spent turning tokens into text.", detokenizeNanos.sum() / 1_000);
        counter(out, "detokenize_token_count", "Tokens turned into text.", detokenizedTokens.sum());
        out.writeBytes(index.applied().getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private void counter(ByteArrayOutputStream out, String name, String help, long value) {
        String full = prefix + name;
        out.writeBytes(("# HELP " + full + " " + help + "\n# TYPE " + full + " counter\n" + full + " " + value + "\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    private void lastOfWorkers() {
        names.workerGauge(
                "worker_last_time_to_first_token_seconds",
                "Arrival to first token of a worker's last request.",
                show -> workers.forEach((id, last) -> show.accept(id, last.firstTokenSeconds())));
        names.workerGauge(
                "worker_last_input_sequence_tokens",
                "Prompt tokens of a worker's last request.",
                show -> workers.forEach((id, last) -> show.accept(id, last.inputTokens())));
        names.workerGauge(
                "worker_last_inter_token_latency_seconds",
                "Time per token of a worker's last output.",
                show -> workers.forEach((id, last) -> show.accept(id, last.interTokenSeconds())));
    }

    /**
     * Shows what workers were given and have not finished.
     *
     * @param statuses read when metrics are
     */
    public void showWorkers(Supplier<List<RouterStatus.WorkerStatus>> statuses) {
        this.statuses = statuses;
        names.workerGauge(
                "worker_active_decode_blocks",
                "KV blocks of a worker's booked requests.",
                show -> statuses.get().forEach(one -> show.accept(one.worker(), (double) one.blocks())));
        names.workerGauge(
                "worker_active_prefill_tokens",
                "Booked prompt tokens a worker has not computed.",
                show -> statuses.get().forEach(one -> show.accept(one.worker(), (double) one.prefillTokens())));
    }

    /**
     * Shows what routers count of their decisions.
     *
     * @param routers by the first name of each model, read when metrics are
     */
    public void showRouters(Supplier<Map<String, DecisionFigures>> routers) {
        RouterMeters.show(registry, routers);
    }

    public void showKeys(Keys keys) {
        new KeyMeters(prefix, registry, keys).show();
    }

    /**
     * Shows what the prompt caches before tokenizers have done.
     *
     * @param counts by model, read when metrics are
     */
    public void showTokenizerCaches(Supplier<Map<String, Counts>> counts) {
        new TokenizerCacheMeters(prefix, registry, counts).show();
    }

    /** Content type of {@link #page()}. */
    public static String contentType() {
        return PrometheusTextFormatWriter.CONTENT_TYPE;
    }
}
