package io.jynamo.text.stop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds stop strings in a text that arrives in pieces. No part of a stop string leaks before it is known, and nothing is
 * held back that cannot still become one. One matcher serves one stream and one thread.
 *
 * <p>How it works: an Aho-Corasick automaton over chars. Its state is the longest suffix of the text so far that begins
 * some stop string, so exactly that many chars are held back. Which match wins: the one that ends first, since a
 * generation stops there whatever might follow; of those that end together, the one that begins first, the longest.
 * This is what a check after each char gives. (vLLM checks after each token and takes the first in the list that its
 * text holds; the two agree unless one token completes two stop strings.)
 *
 * <p>A held-back suffix may end between the two surrogates of a character, if a stop string begins with half of one;
 * stop strings of whole characters never split one.
 */
public final class StopMatcher {
    /**
     * What a piece brought.
     *
     * @param text what may be shown now
     * @param stop the stop string that was found, or null; after one the matcher takes no more text
     */
    public record Piece(String text, @Nullable String stop) {}

    private final List<String> stops;
    private final boolean include;
    private final List<Map<Character, Integer>> children = new ArrayList<>();
    private final int[] failures;
    /** Length of the text that leads to each state. */
    private final int[] depths;
    /** The longest stop string that ends in each state, as an index into the list, or -1. */
    private final int[] ends;

    private final StringBuilder held = new StringBuilder();
    private int state;
    private boolean stopped;

    /**
     * A matcher.
     *
     * @param stops strings that end the text, none of them empty; with none all text passes at once
     * @param includeStop whether the stop string itself belongs to the text shown ({@code include_stop_str_in_output})
     */
    public StopMatcher(List<String> stops, boolean includeStop) {
        this.stops = List.copyOf(stops);
        this.include = includeStop;
        var size = 1 + this.stops.stream().mapToInt(String::length).sum();
        failures = new int[size];
        depths = new int[size];
        ends = new int[size];
        Arrays.fill(ends, -1);
        children.add(new HashMap<>());
        for (int i = 0; i < this.stops.size(); i++) {
            add(i);
        }
        link();
    }

    private void add(int index) {
        var stop = stops.get(index);
        if (stop.isEmpty()) {
            throw new IllegalArgumentException("A stop string must not be empty");
        }
        var at = 0;
        for (int i = 0; i < stop.length(); i++) {
            var next = children.get(at).get(stop.charAt(i));
            if (next == null) {
                next = children.size();
                children.get(at).put(stop.charAt(i), next);
                children.add(new HashMap<>());
                depths[next] = i + 1;
            }
            at = next;
        }
        if (ends[at] < 0) {
            ends[at] = index;
        }
    }

    private void link() {
        Deque<Integer> queue = new ArrayDeque<>(children.getFirst().values());
        while (!queue.isEmpty()) {
            int at = queue.remove();
            if (ends[at] < 0) {
                ends[at] = ends[failures[at]];
            }
            children.get(at).forEach((c, child) -> {
                failures[child] = step(failures[at], c);
                queue.add(child);
            });
        }
    }

    private int step(int from, char c) {
        var at = from;
        while (true) {
            var next = children.get(at).get(c);
            if (next != null) {
                return next;
            }
            if (at == 0) {
                return 0;
            }
            at = failures[at];
        }
    }

    /** Takes the next piece of the text. After a stop string was found nothing more is shown. */
    public Piece push(String piece) {
        if (stopped) {
            return new Piece("", null);
        }
        for (int i = 0; i < piece.length(); i++) {
            state = step(state, piece.charAt(i));
            if (ends[state] >= 0) {
                return stop(piece.substring(0, i + 1), stops.get(ends[state]));
            }
        }
        if (depths[state] == 0 && held.isEmpty()) {
            return new Piece(piece, null);
        }
        held.append(piece);
        var free = held.length() - depths[state];
        var shown = held.substring(0, free);
        held.delete(0, free);
        return new Piece(shown, null);
    }

    private Piece stop(String last, String found) {
        stopped = true;
        held.append(last);
        var text = held.substring(0, held.length() - (include ? 0 : found.length()));
        held.setLength(0);
        return new Piece(text, found);
    }

    /** The end of the text: what was held back and did not become a stop string. */
    public String flush() {
        var rest = held.toString();
        held.setLength(0);
        state = 0;
        return rest;
    }

    /** Whether a stop string was found. */
    public boolean isStopped() {
        return stopped;
    }

    /** How many chars are held back now. */
    public int heldBack() {
        return held.length();
    }
}
