package io.jynamo.engine.attached;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where an engine says how busy it is, and by which names.
 *
 * @param path of its Prometheus page
 * @param running name of the requests in its batch
 * @param waiting name of the requests not in it
 * @param usedShare name of the share of its KV blocks in use; empty where it has none
 */
public record LoadMetrics(String path, String running, String waiting, String usedShare) {
    public static final LoadMetrics VLLM = new LoadMetrics(
            "/metrics", "vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc");
    public static final LoadMetrics SGLANG =
            new LoadMetrics("/metrics", "sglang:num_running_reqs", "sglang:num_queue_reqs", "sglang:token_usage");
    public static final LoadMetrics LLAMA_CPP =
            new LoadMetrics("/metrics", "llamacpp:requests_processing", "llamacpp:requests_deferred", "");

    /** What the page says, if it says how many run. */
    public Optional<LoadSample> read(PrometheusText metrics) {
        OptionalDouble inBatch = metrics.sum(running);
        if (inBatch.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new LoadSample(
                count(inBatch.getAsDouble()),
                count(metrics.sum(waiting).orElse(0)),
                usedShare.isEmpty() ? -1 : metrics.mean(usedShare).orElse(-1)));
    }

    private static int count(double value) {
        return Math.clamp(Math.round(value), 0, Integer.MAX_VALUE / 4);
    }
}
