package io.jynamo.simulation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of one workload as a table of text: one line per policy. */
public final class TextTable {
    /** Titles of the columns, and what each says of a policy. */
    static final List<String> COLUMNS = List.of(
            "policy",
            "TTFT mean",
            "p50",
            "p90",
            "p99 ms",
            "TPOT mean",
            "p50",
            "p99 ms",
            "E2E mean",
            "p50",
            "p99 ms",
            "hit %",
            "good %",
            "good tok/s",
            "busy max/min");

    private TextTable() {}

    /** The lines, the heads first. */
    public static List<String> lines(List<Figures> figures) {
        List<String> lines = new ArrayList<>();
        lines.add(line(COLUMNS));
        figures.forEach(each -> lines.add(line(cells(each))));
        return lines;
    }

    /** A policy's cells, as the table and the page show them. */
    static List<String> cells(Figures figures) {
        return List.of(
                figures.policy(),
                one(figures.ttft().mean()),
                one(figures.ttft().p50()),
                one(figures.ttft().p90()),
                one(figures.ttft().p99()),
                two(figures.tpot().mean()),
                two(figures.tpot().p50()),
                two(figures.tpot().p99()),
                one(figures.e2e().mean()),
                one(figures.e2e().p50()),
                one(figures.e2e().p99()),
                two(100 * figures.hitRate()),
                two(100 * figures.good()),
                one(figures.goodTokensPerSecond()),
                two(figures.levelness()));
    }

    private static String line(List<String> cells) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-24s", cells.getFirst()));
        for (int i = 1; i < cells.size(); i++) {
            line.append(
                    String.format(Locale.ROOT, i == 1 || i == 5 || i == 8 || i > 10 ? " %10s" : " %8s", cells.get(i)));
        }
        return line.toString();
    }

    private static String one(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
