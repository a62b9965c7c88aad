package io.jynamo.simulation.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Plots as inline SVG: curves of shares below a value, on a logarithmic axis. */
final class Plot {
    private static final int WIDTH = 620;
    private static final int HEIGHT = 260;
    private static final int LEFT = 46;
    private static final int BOTTOM = 34;
    private static final int POINTS = 200;
    private static final String[] COLOURS = {
        "#7f7f7f", "#1f77b4", "#17becf", "#9467bd", "#ff7f0e", "#8c564b", "#2ca02c", "#d62728", "#bcbd22"
    };

    private final StringBuilder svg = new StringBuilder();
    private final double low;
    private final double high;

    private Plot(double low, double high) {
        this.low = Math.log10(Math.max(low, 1e-3));
        this.high = Math.max(Math.log10(Math.max(high, 1e-3)), this.low + 0.1);
    }

    /** A name and its values, in any order. */
    @SuppressWarnings("ArrayRecordComponent") // drawn once and only read
    record Curve(String name, double[] values) {}

    static String colour(int index) {
        return COLOURS[index % COLOURS.length];
    }

    /** How many of the values are below each abscissa: one curve per policy, in the order of colours. */
    static String shares(String title, List<Curve> curves) {
        List<double[]> sorted = curves.stream()
                .map(curve -> Arrays.stream(curve.values()).sorted().toArray())
                .toList();
        double low = sorted.stream()
                .filter(v -> v.length > 0)
                .mapToDouble(v -> v[v.length / 100])
                .min()
                .orElse(1);
        double high = sorted.stream()
                .filter(v -> v.length > 0)
                .mapToDouble(v -> v[v.length - 1 - v.length / 500])
                .max()
                .orElse(10);
        Plot plot = new Plot(low, high);
        plot.open(title);
        for (int i = 0; i < sorted.size(); i++) {
            plot.curve(sorted.get(i), colour(i));
        }
        return plot.svg.append("</svg>\n").toString();
    }

    private void open(String title) {
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"><text x=\"%d\" y=\"14\" class=\"title\">%s</text>%n",
                WIDTH,
                HEIGHT,
                title,
                LEFT,
                title));
        for (int quarter = 0; quarter <= 4; quarter++) {
            double y = y(quarter / 4.0);
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%d %.1fH%d\" class=\"grid\"/><text x=\"%d\" y=\"%.1f\" class=\"end\">%d %%</text>%n",
                    LEFT,
                    y,
                    WIDTH - 8,
                    LEFT - 4,
                    y + 4,
                    quarter * 25));
        }
        for (int power = (int) Math.ceil(low); power <= high; power++) {
            mark(power, 1);
        }
        for (int power = (int) Math.floor(low); power <= high; power++) {
            mark(power, 2);
            mark(power, 5);
        }
    }

    private void mark(int power, int times) {
        double value = times * Math.pow(10, power);
        if (Math.log10(value) < low || Math.log10(value) > high) {
            return;
        }
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%.1f %.1fV%.1f\" class=\"grid\"/><text x=\"%.1f\" y=\"%d\" class=\"mid\">%s</text>%n",
                x(value),
                y(0),
                y(1),
                x(value),
                HEIGHT - BOTTOM + 16,
                value >= 1 ? Long.toString(Math.round(value)) : String.format(Locale.ROOT, "%.2g", value)));
    }

    private void curve(double[] sorted, String colour) {
        if (sorted.length == 0) {
            return;
        }
        svg.append("<path fill=\"none\" stroke-width=\"1.6\" stroke=\"")
                .append(colour)
                .append("\" d=\"");
        for (int i = 0; i <= POINTS; i++) {
            double share = (double) i / POINTS;
            double value = sorted[(int) Math.round(share * (sorted.length - 1))];
            svg.append(String.format(Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", x(value), y(share)));
        }
        svg.append("\"/>\n");
    }

    private double x(double value) {
        double at = (Math.log10(Math.max(value, 1e-3)) - low) / (high - low);
        return LEFT + Math.clamp(at, 0.0, 1.0) * (WIDTH - LEFT - 8);
    }

    private static double y(double share) {
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 24);
    }
}
