package io.jynamo.simulation.workload;

import io.jynamo.protocol.TokenIds;
import java.util.Arrays;
import java.util.List;

/** A prompt as runs of one token each, so that hours of traffic fit in memory: two prompts share what their first runs do. */
public final class Prompt {
    private final List<Run> runs;
    private final int tokens;

    /** @param runs first to last, together at least one token */
    public Prompt(List<Run> runs) {
        this.runs = List.copyOf(runs);
        tokens = Math.toIntExact(runs.stream().mapToLong(Run::count).sum());
        if (tokens == 0) {
            throw new IllegalArgumentException("a prompt needs tokens");
        }
    }

    /** {@code count} times {@code token}. */
    public record Run(int token, int count) {
        public Run {
            if (token < 0 || count < 1) {
                throw new IllegalArgumentException("a run needs a token and a count: " + token + ", " + count);
            }
        }
    }

    /** How many. */
    public int tokens() {
        return tokens;
    }

    /** All of them. */
    public TokenIds ids() {
        int[] ids = new int[tokens];
        int at = 0;
        for (Run run : runs) {
            Arrays.fill(ids, at, at + run.count, run.token);
            at += run.count;
        }
        return TokenIds.of(ids);
    }

    /** The same with more at its end. */
    public Prompt plus(Run... more) {
        return new Prompt(java.util.stream.Stream.concat(runs.stream(), Arrays.stream(more))
                .toList());
    }
}
