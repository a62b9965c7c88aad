package io.jynamo.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;

/**
 * What a load run measured.
 *
 * @param requests that succeeded
 * @param promptTokens of a request, as the server counted, on average
 * @param outputTokens of a request, on average
 * @param eventsPerRequest server-sent events with text
 * @param cachedShare of prompt tokens that the server had cached
 * @param ttft from send (open loop: from due) to the first text
 * @param gap between events with text; 0 for two in one read
 * @param perToken (last text - first text) / (output tokens - 1)
 * @param whole from send to the end
 * @param lag from due to sent
 * @param generator CPU of this process meanwhile
 */
public record LoadReport(
        String target,
        int concurrency,
        double rate,
        boolean quickAck,
        long requests,
        Map<String, Integer> errors,
        double wallSeconds,
        double requestsPerSecond,
        double tokensPerSecond,
        double promptTokens,
        double outputTokens,
        double eventsPerRequest,
        double cachedShare,
        Latency ttft,
        Latency gap,
        Latency perToken,
        Latency whole,
        Latency lag,
        Map<String, Cost> processes,
        ProcessUsage generator) {

    /** A distribution in milliseconds. */
    public record Latency(long count, double mean, double p50, double p90, double p99, double max) {
        static Latency of(Histogram nanos) {
            return new Latency(
                    nanos.getTotalCount(),
                    round(nanos.getMean() / 1e6),
                    millis(nanos, 50),
                    millis(nanos, 90),
                    millis(nanos, 99),
                    round(nanos.getMaxValue() / 1e6));
        }

        private static double millis(Histogram nanos, double percentile) {
            return nanos.getTotalCount() == 0 ? 0 : round(nanos.getValueAtPercentile(percentile) / 1e6);
        }
    }

    /** What a process spent on the run. */
    public record Cost(double millisPerRequest, double microsPerToken, double cores, double rssMib, double peakMib) {}

    static LoadReport of(
            LoadOptions options, Tally tally, Duration wall, Map<String, ProcessUsage> used, ProcessUsage own) {
        double seconds = wall.toNanos() / 1e9;
        double requests = Math.max(1, tally.requests);
        Map<String, Cost> costs = new java.util.TreeMap<>();
        used.forEach((label, usage) -> costs.put(
                label,
                new Cost(
                        round(usage.cpuSeconds() * 1e3 / requests),
                        round(usage.cpuSeconds() * 1e6 / Math.max(1, tally.outputTokens)),
                        round(usage.cpuSeconds() / seconds),
                        round(usage.rssMib()),
                        round(usage.peakMib()))));
        return new LoadReport(
                options.target().toString(),
                options.concurrency(),
                options.rate(),
                options.quickAck(),
                tally.requests,
                Map.copyOf(tally.errors),
                round(seconds),
                round(tally.requests / seconds),
                round(tally.outputTokens / seconds),
                round(tally.promptTokens / requests),
                round(tally.outputTokens / requests),
                round(tally.events / requests),
                round((double) tally.cachedTokens / Math.max(1, tally.promptTokens)),
                Latency.of(tally.firstToken),
                Latency.of(tally.gap),
                Latency.of(tally.perToken),
                Latency.of(tally.whole),
                Latency.of(tally.lag),
                costs,
                own);
    }

    public String toJson() {
        return new ObjectMapper()
                .writer()
                .with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(this);
    }

    /** The report for a terminal. */
    public String toTable() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s  concurrency %d%s: %d requests in %.2f s, %.1f/s, %.0f tokens/s",
                target,
                concurrency,
                rate > 0 ? String.format(Locale.ROOT, ", %.1f/s asked", rate) : "",
                requests,
                wallSeconds,
                requestsPerSecond,
                tokensPerSecond));
        lines.add(String.format(
                Locale.ROOT,
                "tokens per request: %.1f prompt (%.1f %% cached), %.1f output in %.1f events",
                promptTokens,
                cachedShare * 100,
                outputTokens,
                eventsPerRequest));
        lines.add(
                String.format(Locale.ROOT, "%-16s %10s %10s %10s %10s %10s", "ms", "mean", "p50", "p90", "p99", "max"));
        Map<String, Latency> rows = new java.util.LinkedHashMap<>();
        rows.put("first token", ttft);
        rows.put("between events", gap);
        rows.put("per token", perToken);
        rows.put("whole", whole);
        rows.forEach((name, row) -> lines.add(String.format(
                Locale.ROOT,
                "%-16s %10.3f %10.3f %10.3f %10.3f %10.3f",
                name,
                row.mean,
                row.p50,
                row.p90,
                row.p99,
                row.max)));
        processes.forEach((label, cost) -> lines.add(String.format(
                Locale.ROOT,
                "%-16s %.3f ms CPU/request, %.2f us/token, %.2f cores, RSS %.0f MiB (peak %.0f)",
                label,
                cost.millisPerRequest,
                cost.microsPerToken,
                cost.cores,
                cost.rssMib,
                cost.peakMib)));
        lines.add(String.format(
                Locale.ROOT,
                "%-16s %.3f ms CPU/request",
                "this generator",
                generator.cpuSeconds() * 1e3 / Math.max(1, requests)));
        errors.forEach((kind, count) -> lines.add(String.format(Locale.ROOT, "ERROR %d x %s", count, kind)));
        return String.join("\n", lines);
    }

    private static double round(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
