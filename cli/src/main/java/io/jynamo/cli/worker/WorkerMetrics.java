package io.jynamo.cli.worker;

import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.session.HostedWorker;
import io.jynamo.runtime.session.WorkerServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What workers of a process measure, as the page that Prometheus reads. Names and labels are those of Dynamo's workers
 * where it has the same figure ({@code dynamo_component_}, {@code worker_id} in hexadecimal), else ours.
 */
final class WorkerMetrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final String labels;

    WorkerMetrics(String namespace) {
        labels = "dynamo_namespace=\"" + escaped(namespace)
                + "\",dynamo_component=\"worker\",dynamo_endpoint=\"generate\"";
    }

    byte[] page(Duration uptime, List<HostedWorker> workers, WorkerServer server) {
        StringBuilder page = new StringBuilder(4096);
        one(
                page,
                "dynamo_component_uptime_seconds",
                "gauge",
                "Since the process has workers.",
                uptime.toMillis() / 1e3);
        one(page, "dynamo_component_requests_total", "counter", "Requests given to its workers.", (double)
                server.started());
        one(page, "dynamo_component_inflight_requests", "gauge", "Requests its workers have.", server.streams());
        one(page, "jynamo_worker_sessions", "gauge", "Connections of frontends.", server.sessions());
        each(page, workers, "jynamo_worker_running_requests", "Requests in the current batch.", WorkerLoad::running);
        each(page, workers, "jynamo_worker_waiting_requests", "Requests not in the batch yet.", WorkerLoad::waiting);
        each(page, workers, "jynamo_worker_waiting_prefill_tokens", "Prompt tokens still to compute.", load ->
                (double) load.waitingPrefillTokens());
        each(page, workers, "jynamo_worker_used_blocks", "KV blocks that requests hold.", WorkerLoad::usedBlocks);
        each(page, workers, "dynamo_component_total_blocks", "KV blocks there are.", WorkerLoad::totalBlocks);
        each(
                page,
                workers,
                "dynamo_component_gpu_cache_usage_percent",
                "Part of the KV blocks that requests hold, 0 to 1.",
                load -> load.totalBlocks() == 0 ? 0 : (double) load.usedBlocks() / load.totalBlocks());
        states(page, workers);
        return page.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void one(StringBuilder page, String name, String type, String help, double value) {
        head(page, name, type, help);
        page.append(name)
                .append('{')
                .append(labels)
                .append("} ")
                .append(text(value))
                .append('\n');
    }

    /** Of those that have loaded. */
    private void each(
            StringBuilder page, List<HostedWorker> workers, String name, String help, ToDoubleFunction<WorkerLoad> of) {
        head(page, name, "gauge", help);
        for (HostedWorker worker : workers) {
            worker.load()
                    .ifPresent(load -> page.append(name)
                            .append('{')
                            .append(labels(worker))
                            .append("} ")
                            .append(text(of.applyAsDouble(load)))
                            .append('\n'));
        }
    }

    private void states(StringBuilder page, List<HostedWorker> workers) {
        String name = "jynamo_worker_state";
        head(page, name, "gauge", "1 at the state that the worker is in.");
        for (HostedWorker worker : workers) {
            for (WorkerState state : WorkerState.values()) {
                page.append(name)
                        .append('{')
                        .append(labels(worker))
                        .append(",state=\"")
                        .append(word(state));
                page.append("\"} ")
                        .append(worker.description().state() == state ? "1" : "0")
                        .append('\n');
            }
        }
    }

    private String labels(HostedWorker worker) {
        List<String> names = worker.description().servedNames();
        return labels + ",model=\"" + escaped(names.isEmpty() ? "" : names.getFirst()) + "\",worker_id=\"" + worker.id()
                + '"';
    }

    private static void head(StringBuilder page, String name, String type, String help) {
        page.append("# HELP ").append(name).append(' ').append(help).append('\n');
        page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    static String word(WorkerState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
