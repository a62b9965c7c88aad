package io.jynamo.bench.load;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A command's arguments, {@code --name value} or a bare {@code --name} for a switch, read by name with a default. What
 * nobody asked for is refused by {@link #requireAllRead}.
 */
public final class Arguments {
    private final Map<String, List<String>> given = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();

    public Arguments(String... args) {
        for (int i = 0; i < args.length; i++) {
            if (!args[i].startsWith("--") || args[i].length() == 2) {
                throw wrong("unexpected argument '" + args[i] + "'; every option starts with --");
            }
            String name = args[i].substring(2);
            boolean hasValue = i + 1 < args.length && !args[i + 1].startsWith("--");
            given.computeIfAbsent(name, n -> new ArrayList<>()).add(hasValue ? args[++i] : "");
        }
    }

    public String text(String name, String otherwise) {
        String value = last(name);
        return value == null ? otherwise : value;
    }

    /** Every value of an option that may be repeated. */
    public List<String> texts(String name) {
        asked.add(name);
        return List.copyOf(given.getOrDefault(name, List.of()));
    }

    public boolean has(String name) {
        return last(name) != null;
    }

    public int count(String name, int otherwise) {
        return parse(name, otherwise, Integer::parseInt, "a whole number");
    }

    public long wide(String name, long otherwise) {
        return parse(name, otherwise, Long::parseLong, "a whole number");
    }

    public double number(String name, double otherwise) {
        return parse(name, otherwise, Double::parseDouble, "a number");
    }

    /** Seconds, as {@code 10} or {@code 0.5}. */
    public Duration seconds(String name, Duration otherwise) {
        double fallback = otherwise.toNanos() / 1e9;
        return Duration.ofNanos((long) (number(name, fallback) * 1e9));
    }

    /** Refuses options that no reader asked for. */
    public void requireAllRead() {
        for (String name : given.keySet()) {
            if (!asked.contains(name)) {
                throw wrong("unknown option --" + name + "; there are --"
                        + String.join(", --", asked.stream().distinct().sorted().toList()));
            }
        }
    }

    private <T> T parse(String name, T otherwise, Function<String, T> parser, String kind) {
        String value = last(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return parser.apply(value);
        } catch (NumberFormatException e) {
            throw wrong("--" + name + " must be " + kind + ": '" + value + "'");
        }
    }

    private @Nullable String last(String name) {
        asked.add(name);
        List<String> values = given.get(name);
        return values == null ? null : values.getLast();
    }

    /** A refusal of wrong arguments. */
    public static JynamoException wrong(String message) {
        return new JynamoException(ErrorCode.INVALID_CONFIGURATION, message);
    }
}
