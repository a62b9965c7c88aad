package io.jynamo.cli.graph.supervisor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a process of ours wrote last, and which of it says why it ended: its own error line, with what follows it, else the
 * last line that speaks of an error, else the last line. Pure.
 */
final class FinalWords {
    private static final int KEPT = 40;
    private static final int LONGEST = 600;
    private static final Pattern OWN = Pattern.compile("error [a-z_]+: .*");
    private static final Pattern SPEAKS = Pattern.compile("\\b(?:ERROR|SEVERE|FATAL)\\b|(?:Error|Exception): ");

    private final Deque<String> lines = new ArrayDeque<>();

    /** A line that it wrote. */
    void on(String line) {
        if (line.isBlank()) {
            return;
        }
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    /** Why it ended, with how. */
    String of(String exit) {
        List<String> all = List.copyOf(lines);
        for (int i = all.size() - 1; i >= 0; i--) {
            if (OWN.matcher(all.get(i)).matches()) {
                return shorten(exit + ": " + String.join(" ", all.subList(i, all.size())));
            }
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            if (SPEAKS.matcher(all.get(i)).find()) {
                return shorten(exit + ": " + all.get(i));
            }
        }
        return shorten(all.isEmpty() ? exit : exit + "; last it wrote: " + all.getLast());
    }

    private static String shorten(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
