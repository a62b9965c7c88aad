package io.jynamo.text.reply;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of markers compiled into one automaton (Aho-Corasick, with its transitions filled in). Immutable and shared; a
 * {@link MarkerScan} is a place in it. State 0 has seen nothing of any marker; a state's prefix is the longest end of the
 * text so far that begins a marker.
 */
final class MarkerSet {
    private static final int ASCII = 128;

    private final List<String> markers;
    private final int longest;
    /** The characters that occur in markers, sorted; a character's place here plus one is its class, 0 is any other. */
    private final char[] alphabet;

    private final int[] asciiClass = new int[ASCII];
    private final List<int[]> next = new ArrayList<>();
    private final List<String> prefixes = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();

    MarkerSet(List<String> markers) {
        this.markers = List.copyOf(markers);
        longest = markers.stream().mapToInt(String::length).max().orElse(0);
        alphabet = alphabetOf(markers);
        for (int i = 0; i < alphabet.length; i++) {
            if (alphabet[i] < ASCII) {
                asciiClass[alphabet[i]] = i + 1;
            }
        }
        addState("");
        for (int i = 0; i < markers.size(); i++) {
            add(i);
        }
        link();
    }

    private static char[] alphabetOf(List<String> markers) {
        var all = String.join("", markers).toCharArray();
        Arrays.sort(all);
        var count = 0;
        for (char c : all) {
            if (count == 0 || all[count - 1] != c) {
                all[count++] = c;
            }
        }
        return Arrays.copyOf(all, count);
    }

    private int addState(String prefix) {
        next.add(new int[alphabet.length + 1]);
        prefixes.add(prefix);
        ends.add(-1);
        return next.size() - 1;
    }

    private void add(int index) {
        var marker = markers.get(index);
        var at = 0;
        for (int i = 0; i < marker.length(); i++) {
            var row = next.get(at);
            var kind = kindOf(marker.charAt(i));
            if (row[kind] == 0) {
                row[kind] = addState(marker.substring(0, i + 1));
            }
            at = row[kind];
        }
        if (ends.get(at) < 0) {
            ends.set(at, index);
        }
    }

    /** Fills in, breadth first, where each state goes on a character its marker does not have. */
    private void link() {
        var failures = new int[next.size()];
        var queue = new ArrayDeque<Integer>();
        queue.add(0);
        while (!queue.isEmpty()) {
            int at = queue.remove();
            var row = next.get(at);
            var fallback = next.get(failures[at]);
            if (ends.get(at) < 0) {
                ends.set(at, ends.get(failures[at]));
            }
            for (int kind = 1; kind < row.length; kind++) {
                if (row[kind] == 0) {
                    row[kind] = at == 0 ? 0 : fallback[kind];
                } else {
                    failures[row[kind]] = at == 0 ? 0 : fallback[kind];
                    queue.add(row[kind]);
                }
            }
        }
    }

    private int kindOf(char c) {
        return c < ASCII ? asciiClass[c] : Math.max(0, Arrays.binarySearch(alphabet, c) + 1);
    }

    int step(int state, char c) {
        return next.get(state)[kindOf(c)];
    }

    /** How many of the last characters of a text begin a marker. */
    int begunIn(CharSequence text) {
        var state = 0;
        for (int i = Math.max(0, text.length() - longest); i < text.length(); i++) {
            state = step(state, text.charAt(i));
        }
        return end(state) < 0 ? prefix(state).length() : 0;
    }

    int longest() {
        return longest;
    }

    /** The marker that ends in this state, or -1. */
    int end(int state) {
        return ends.get(state);
    }

    String prefix(int state) {
        return prefixes.get(state);
    }

    List<String> all() {
        return markers;
    }

    boolean isEmpty() {
        return markers.isEmpty();
    }

    String marker(int index) {
        return markers.get(index);
    }
}
