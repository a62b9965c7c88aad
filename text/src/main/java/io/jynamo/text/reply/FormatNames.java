package io.jynamo.text.reply;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Names of formats: each under the name we give it and those vLLM, SGLang and Dynamo give it. Case, dashes and dots do not
 * matter.
 *
 * @param <T> what is named
 */
final class FormatNames<T> {
    /** A format, its own name and the others it answers to. */
    record Entry<T>(T format, String name, List<String> aliases) {
        static <T> Entry<T> of(T format, String name, String... aliases) {
            return new Entry<>(format, name, List.of(aliases));
        }
    }

    private final String what;
    private final Map<String, Entry<T>> byName = new HashMap<>();

    FormatNames(String what, List<Entry<T>> entries) {
        this.what = what;
        for (var entry : entries) {
            put(entry.name(), entry);
            entry.aliases().forEach(alias -> put(alias, entry));
        }
    }

    private void put(String name, Entry<T> entry) {
        if (byName.put(plain(name), entry) != null) {
            throw new IllegalArgumentException("Two formats are named " + name);
        }
    }

    private static String plain(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }

    /** Names as they are to be written, sorted. */
    Set<String> names() {
        return byName.values().stream().map(Entry::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every name and alias, with the name it stands for. */
    Map<String, String> all() {
        return byName.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().name()));
    }

    Entry<T> require(String name) {
        var entry = byName.get(plain(name));
        if (entry == null) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "No " + what
                            + " is named '%s'; the nearest is '%s'. There are: %s"
                                    .formatted(name, nearest(plain(name)), String.join(", ", names())));
        }
        return entry;
    }

    private String nearest(String name) {
        var best = "";
        var least = Integer.MAX_VALUE;
        for (var known : new TreeSet<>(byName.keySet())) {
            var distance = distance(name, known);
            if (distance < least) {
                least = distance;
                best = known;
            }
        }
        return best;
    }

    /** How many letters must be put in, left out or changed to make one name of the other. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                var changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
