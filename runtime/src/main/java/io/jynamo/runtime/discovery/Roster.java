package io.jynamo.runtime.discovery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The entries somebody knows of, and what is different when it hears of them anew. Not safe for several threads. */
final class Roster {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** What is to be told of an entry: nothing where it was known with this value. */
    List<Change> put(Entry entry) {
        return entry.equals(entries.put(entry.key(), entry)) ? List.of() : List.of(new Change.Put(entry));
    }

    List<Change> gone(String key) {
        return entries.remove(key) == null ? List.of() : List.of(new Change.Gone(key));
    }

    /** Makes it those entries and no others. New ones come first, so that a replaced worker leaves no gap. */
    List<Change> replace(Map<String, Entry> all) {
        List<Change> changes = new ArrayList<>();
        all.values().forEach(entry -> changes.addAll(put(entry)));
        List.copyOf(entries.keySet()).stream()
                .filter(key -> !all.containsKey(key))
                .forEach(key -> changes.addAll(gone(key)));
        return changes;
    }

    Map<String, Entry> entries() {
        return entries;
    }
}
