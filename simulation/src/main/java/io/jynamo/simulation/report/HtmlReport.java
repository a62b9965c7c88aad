package io.jynamo.simulation.report;

import io.jynamo.simulation.Outcome;
import io.jynamo.simulation.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A page of its own with the tables and plots of several workloads: no script, no other file, the same runs the same bytes. */
public final class HtmlReport {
    private static final String HEAD = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Routing quality</title><style>
            body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1280px; padding: 0 1em }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums }
            td, th { padding: .2em .6em; text-align: right; border-bottom: 1px solid #8884 }
            td:first-child, th:first-child { text-align: left }
            svg { width: 48%; min-width: 420px; font-size: 11px }
            svg text { fill: currentColor } .title { font-weight: 600; font-size: 13px }
            .grid { stroke: #8883 } .end { text-anchor: end } .mid { text-anchor: middle }
            .key { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
            .bar { display: inline-block; height: .8em } small { opacity: .7 }
            </style></head><body>
            """;

    private final StringBuilder page = new StringBuilder(HEAD);
    private final Figures.Target target;

    /**
     * A page without workloads.
     *
     * @param setting what all runs had in common, in words
     */
    public HtmlReport(String setting, Figures.Target target) {
        this.target = target;
        page.append("<h1>Routing quality</h1>\n<p>").append(escape(setting)).append("</p>\n");
    }

    /** Adds one workload under several policies. */
    public void add(List<Run> runs) {
        List<Figures> figures =
                runs.stream().map(run -> Figures.of(run, target)).toList();
        Figures first = figures.getFirst();
        page.append("<h2>")
                .append(escape(first.workload()))
                .append("</h2>\n<p>")
                .append(first.requests());
        page.append(" requests. Good: first token within ").append((long) target.ttftMillis());
        page.append(" ms and every further one within ").append((long) target.tpotMillis());
        page.append(" ms on average.</p>\n");
        table(figures);
        plot(runs, "TTFT, ms: share of requests below", Outcome::ttftMillis);
        plot(runs, "TPOT, ms: share of requests below", Outcome::tpotMillis);
        plot(runs, "E2E, ms: share of requests below", Outcome::e2eMillis);
        bars(figures);
    }

    /** The page as it is. */
    public String html() {
        return page + "</body></html>\n";
    }

    private void table(List<Figures> figures) {
        page.append("<table><tr>");
        TextTable.COLUMNS.forEach(title -> cell("th", escape(title)));
        page.append("</tr>\n");
        for (int i = 0; i < figures.size(); i++) {
            page.append("<tr title=\"").append(figures.get(i).digest()).append("\">");
            List<String> cells = TextTable.cells(figures.get(i));
            cell("td", key(i) + escape(cells.getFirst()));
            cells.stream().skip(1).forEach(cell -> cell("td", cell));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private void plot(List<Run> runs, String title, ToDoubleFunction<Outcome> value) {
        List<Plot.Curve> curves = new ArrayList<>();
        for (Run run : runs) {
            double[] values = run.outcomes().stream()
                    .mapToDouble(value)
                    .filter(v -> v > 0)
                    .toArray();
            curves.add(new Plot.Curve(run.policy(), values));
        }
        page.append(Plot.shares(title, curves));
    }

    private void bars(List<Figures> figures) {
        page.append("<table><tr><th>hit rate, and share of good requests</th><th></th></tr>\n");
        for (int i = 0; i < figures.size(); i++) {
            Figures each = figures.get(i);
            page.append("<tr><td>").append(escape(each.policy())).append("</td><td style=\"text-align:left\">");
            bar(each.hitRate(), Plot.colour(i), "hit");
            page.append("<br>");
            bar(each.good(), Plot.colour(i), "good");
            page.append("</td></tr>\n");
        }
        page.append("</table>\n");
    }

    private void bar(double share, String colour, String name) {
        page.append("<span class=\"bar\" style=\"background:").append(colour);
        page.append(";width:")
                .append(Math.round(share * 500))
                .append("px\"></span> <small>")
                .append(name);
        page.append(' ').append(Math.round(share * 1000) / 10.0).append(" %</small>");
    }

    private static String key(int index) {
        return "<span class=\"key\" style=\"background:" + Plot.colour(index) + "\"></span>";
    }

    private void cell(String tag, String content) {
        page.append('<')
                .append(tag)
                .append('>')
                .append(content)
                .append("</")
                .append(tag)
                .append('>');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
