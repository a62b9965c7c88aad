package io.jynamo.engine.attached;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** A page of metrics in Prometheus' text format. Lines that are none are skipped. */
public final class PrometheusText {
    private static final int MOST_SAMPLES = 100_000;

    /** One sample. */
    public record Sample(Map<String, String> labels, double value) {
        public Sample {
            labels = Map.copyOf(labels);
        }
    }

    private final Map<String, List<Sample>> samples = new HashMap<>();

    private PrometheusText() {}

    /** Reads a page. */
    public static PrometheusText parse(String page) {
        PrometheusText text = new PrometheusText();
        int lines = 0;
        for (String line : page.split("\n", -1)) {
            if (++lines > MOST_SAMPLES) {
                break;
            }
            if (!line.isEmpty() && line.charAt(0) != '#') {
                text.onLine(line.strip());
            }
        }
        return text;
    }

    /**
     * What the page says of one data-parallel rank and of the server as a whole. vLLM calls the label {@code engine},
     * SGLang {@code dp_rank}.
     */
    public PrometheusText ofRank(int rank) {
        PrometheusText only = new PrometheusText();
        samples.forEach((name, all) -> only.samples.put(
                name, all.stream().filter(sample -> isOf(sample, rank)).toList()));
        return only;
    }

    private static boolean isOf(Sample sample, int rank) {
        String own = String.valueOf(rank);
        return sample.labels().getOrDefault("engine", own).equals(own)
                && sample.labels().getOrDefault("dp_rank", own).equals(own);
    }

    /** The samples of one name, in the page's order. */
    public List<Sample> samples(String name) {
        return List.copyOf(samples.getOrDefault(name, List.of()));
    }

    /** The values of one name added up over its labels: engines behind one server count together. */
    public OptionalDouble sum(String name) {
        List<Sample> found = samples.getOrDefault(name, List.of());
        return found.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(found.stream().mapToDouble(Sample::value).sum());
    }

    /** The mean of one name over its labels. */
    public OptionalDouble mean(String name) {
        return samples.getOrDefault(name, List.of()).stream()
                .mapToDouble(Sample::value)
                .average();
    }

    private void onLine(String line) {
        int brace = line.indexOf('{');
        int space = line.indexOf(' ');
        int nameEnd = brace >= 0 && (space < 0 || brace < space) ? brace : space;
        if (nameEnd <= 0) {
            return;
        }
        Map<String, String> labels = new HashMap<>();
        int at = nameEnd == brace ? labels(line, brace + 1, labels) : nameEnd;
        if (at < 0) {
            return;
        }
        String[] rest = line.substring(at).strip().split("\\s+", -1);
        try {
            double value = Double.parseDouble(rest[0].replace("Inf", "Infinity"));
            samples.computeIfAbsent(line.substring(0, nameEnd), n -> new ArrayList<>())
                    .add(new Sample(labels, value));
        } catch (NumberFormatException e) {
            // No sample.
        }
    }

    /** Reads labels from {@code at} on and returns the index after the closing brace, or -1. */
    private static int labels(String line, int at, Map<String, String> labels) {
        int i = at;
        while (i < line.length() && line.charAt(i) != '}') {
            int equals = line.indexOf("=\"", i);
            if (equals < 0) {
                return -1;
            }
            String name = line.substring(i, equals).strip();
            StringBuilder value = new StringBuilder();
            i = equals + 2;
            while (i < line.length() && line.charAt(i) != '"') {
                if (line.charAt(i) == '\\' && i + 1 < line.length()) {
                    i++;
                    value.append(line.charAt(i) == 'n' ? '\n' : line.charAt(i));
                } else {
                    value.append(line.charAt(i));
                }
                i++;
            }
            labels.put(name, value.toString());
            i++;
            if (i < line.length() && line.charAt(i) == ',') {
                i++;
            }
        }
        return i < line.length() ? i + 1 : -1;
    }
}
