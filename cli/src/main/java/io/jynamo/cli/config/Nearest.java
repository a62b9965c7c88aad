package io.jynamo.cli.config;

import java.util.Collection;
import java.util.Optional;

/** The known word a mistyped one was most likely meant to be. */
public final class Nearest {
    private Nearest() {}

    /** The closest of {@code known}, if it is closer than a third of the word's length (at least two edits). */
    public static Optional<String> find(String word, Collection<String> known) {
        String best = null;
        int bestEdits = Integer.MAX_VALUE;
        for (String candidate : known) {
            int edits = edits(word, candidate);
            if (edits < bestEdits) {
                bestEdits = edits;
                best = candidate;
            }
        }
        return bestEdits <= Math.max(2, word.length() / 3) ? Optional.ofNullable(best) : Optional.empty();
    }

    /** {@code "; did you mean X?"}, or nothing. */
    public static String hint(String word, Collection<String> known) {
        return find(word, known).map(near -> "; did you mean " + near + "?").orElse("");
    }

    /** Edits from one word to the other: insert, delete, replace, or swap neighbours (Damerau 1964). */
    private static int edits(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
