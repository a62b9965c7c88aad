package io.jynamo.cli.settings;

import io.jynamo.cli.config.Nearest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value of a policy file that knows where it stands.
 *
 * @param file for messages
 * @param place of it, such as {@code policy_classes[2].quantum}; empty for all of the file
 */
record PolicyNode(String file, String place, @Nullable Object value) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
    private static final int SHOWN = 40;

    /** A map's entries. */
    Map<String, PolicyNode> entries(@Nullable Set<String> known) {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong("must be a map, not " + shown());
        }
        Map<String, PolicyNode> entries = new LinkedHashMap<>();
        map.forEach((key, entry) -> {
            // A model may be named like a number; other keys are known or not.
            String name = key instanceof String || key instanceof Number ? key.toString() : "";
            PolicyNode node = new PolicyNode(file, place.isEmpty() ? name : place + "." + name, entry);
            if (name.isBlank()) {
                throw wrong("has a key that is no name");
            }
            if (known != null && !known.contains(name)) {
                throw node.wrong("is not known here; expected " + String.join(", ", new TreeSet<>(known))
                        + Nearest.hint(clipped(name), known));
            }
            entries.put(name, node);
        });
        return entries;
    }

    /** The entry of one of these maps' keys, which must be there. */
    PolicyNode require(Map<String, PolicyNode> entries, String key) {
        PolicyNode node = entries.get(key);
        if (node == null) {
            throw wrong("must have " + key);
        }
        return node;
    }

    /** A list's items, 1 to {@code most}. */
    List<PolicyNode> items(int most) {
        if (!(value instanceof List<?> list)) {
            throw wrong("must be a list, not " + shown());
        }
        if (list.isEmpty() || list.size() > most) {
            throw wrong("must have 1 to " + most + " items, not " + list.size());
        }
        List<PolicyNode> items = new ArrayList<>();
        for (Object item : list) {
            items.add(new PolicyNode(file, place + "[" + items.size() + "]", item));
        }
        return items;
    }

    /** A name that can stand in a metric's label. */
    String name() {
        if (!(value instanceof String text) || !NAME.matcher(text).matches()) {
            throw wrong("must be a name of letters, digits and _ that begins with no digit, 64 characters at most, not "
                    + shown());
        }
        return text;
    }

    long whole(long least, long most) {
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= least
                && ((Number) value).longValue() <= most) {
            return ((Number) value).longValue();
        }
        throw wrong("must be a whole number from " + least + " to " + most + ", not " + shown());
    }

    /** A number that is not below zero. */
    double decimal() {
        if (value instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() < Double.POSITIVE_INFINITY) {
            return number.doubleValue();
        }
        throw wrong("must be a number from 0 on, not " + shown());
    }

    JynamoException wrong(String what) {
        String where = place.isEmpty() ? file : file + ": " + place;
        return new JynamoException(ErrorCode.INVALID_CONFIGURATION, where + " " + what);
    }

    /** What it is, for messages; never the whole of something large. */
    private String shown() {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> _ -> "a map";
            case List<?> _ -> "a list";
            default -> "'" + clipped(value.toString()) + "'";
        };
    }

    private static String clipped(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
