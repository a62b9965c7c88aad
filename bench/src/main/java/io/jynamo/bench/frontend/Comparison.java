package io.jynamo.bench.frontend;

import io.jynamo.bench.load.LoadReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the rounds of one cell measured, by target, as a Markdown table. */
final class Comparison {
    private final Cell cell;
    private final Map<String, List<LoadReport>> rounds = new LinkedHashMap<>();
    private final Map<String, Target.Floor.Latency> floors = new LinkedHashMap<>();

    Comparison(Cell cell) {
        this.cell = cell;
    }

    void add(String target, LoadReport report) {
        rounds.computeIfAbsent(target, t -> new ArrayList<>()).add(report);
    }

    void floor(String target, Target.Floor.Latency floor) {
        floors.put(target, floor);
    }

    Cell cell() {
        return cell;
    }

    Map<String, List<LoadReport>> rounds() {
        return rounds;
    }

    /** CPU is the least over the rounds, since neighbours on the machine only ever add; latencies are medians. */
    String toMarkdown() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "### %s: %s of about %,d tokens, %d output, concurrency %d, engine %s",
                cell.name(),
                cell.words() ? "few words" : "real text",
                cell.promptTokens(),
                cell.outputTokens(),
                cell.concurrency(),
                cell.paced() ? "at a GPU's pace" : "at full speed"));
        lines.add("");
        lines.add(
                "| | CPU ms/request | us/token | Jynamo's share | TTFT p50 ms | p99 | added | per token p50 ms | added |"
                        + " gap p99 ms | requests/s | RSS MiB, peak | prompt tokens | errors |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        double ours = rounds.containsKey("jynamo") ? cost("jynamo") : Double.NaN;
        rounds.keySet().forEach(target -> lines.add(row(target, ours)));
        return String.join("\n", lines);
    }

    private String row(String target, double ours) {
        List<LoadReport> reports = reports(target);
        LoadReport best = best(target);
        LoadReport.Cost cost = cost(best, target);
        double first =
                median(reports.stream().map(report -> report.ttft().p50()).toList());
        double each =
                median(reports.stream().map(report -> report.perToken().p50()).toList());
        Optional<Target.Floor.Latency> floor = Optional.ofNullable(floors.get(target));
        int errors = reports.stream()
                .mapToInt(report -> report.errors().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .sum();
        return String.format(
                Locale.ROOT,
                "| %s | %.3f | %.2f | %s | %.3f | %.3f | %s | %.3f | %s | %.3f | %.0f | %.0f, %.0f | %.0f | %d |",
                target,
                cost.millisPerRequest(),
                cost.microsPerToken(),
                target.equals("jynamo") || Double.isNaN(ours)
                        ? ""
                        : String.format(Locale.ROOT, "%.2f", ours / cost.millisPerRequest()),
                first,
                median(reports.stream().map(report -> report.ttft().p99()).toList()),
                floor.map(f -> String.format(Locale.ROOT, "%+.3f", first - f.firstToken()))
                        .orElse(""),
                each,
                floor.map(f -> String.format(Locale.ROOT, "%+.3f", each - f.perToken()))
                        .orElse(""),
                best.gap().p99(),
                median(reports.stream().map(LoadReport::requestsPerSecond).toList()),
                cost.rssMib(),
                cost.peakMib(),
                best.promptTokens(),
                errors);
    }

    private double cost(String target) {
        return cost(best(target), target).millisPerRequest();
    }

    private LoadReport best(String target) {
        return reports(target).stream()
                .min(Comparator.comparingDouble(report -> cost(report, target).millisPerRequest()))
                .orElseThrow();
    }

    private static LoadReport.Cost cost(LoadReport report, String target) {
        return Objects.requireNonNull(report.processes().get(target), target);
    }

    List<LoadReport> reports(String target) {
        return Objects.requireNonNull(rounds.get(target), target);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
