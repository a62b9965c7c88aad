package io.jynamo.engine.schedule;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Usage;
import java.util.ArrayList;
import java.util.List;

/** A request that was accepted and has not ended. */
final class Request {
    private static final long PRIORITY_LIMIT = 1_000_000;

    final GenerationRequest spec;
    final long seed;
    /** Order of arrival. */
    final long number;
    /** Place in line: arrival, moved by priority times aging. Lower goes first, and it never changes. */
    final long rank;

    final long deadlineNanos;
    final int promptCount;
    final int maxOutput;
    /** Ids that end a choice. */
    final int[] stops;

    final Sequence[] sequences;
    /** Choices that have not ended. */
    int live;
    /** The prompt was computed once and every choice has its first token. */
    boolean promptDone;
    /** Some of it was in a step. */
    boolean started;
    /** Some of it lost its blocks: hits from now on may be its own. */
    boolean recomputes;

    int cached;
    int output;
    final List<TokenLogprobs> promptLogprobs = new ArrayList<>();
    /** Choices cancelled before the prompt was done; their ends are told after it. */
    final List<Sequence> untold = new ArrayList<>(0);

    Request(SchedulerEvent.Submit submit, long number, long nowNanos, SchedulerOptions options) {
        spec = submit.request();
        seed = submit.seed();
        this.number = number;
        long priority = Math.clamp(spec.priority(), -PRIORITY_LIMIT, PRIORITY_LIMIT);
        rank = nowNanos - priority * options.aging().toNanos();
        deadlineNanos = deadline(nowNanos);
        promptCount = spec.prompt().count();
        maxOutput = Math.min(spec.stopping().maxTokens(), options.maxModelLen() - promptCount);
        stops = stops(options);
        sequences = new Sequence[spec.choices()];
        live = spec.choices();
        for (int choice = 0; choice < sequences.length; choice++) {
            sequences[choice] = new Sequence(this, choice);
        }
    }

    RequestId id() {
        return spec.id();
    }

    CacheScope scope() {
        return spec.scope();
    }

    boolean wantsPromptLogprobs() {
        return spec.promptLogprobs() != GenerationRequest.NO_LOGPROBS;
    }

    boolean stopsAt(int token) {
        for (int stop : stops) {
            if (stop == token) {
                return true;
            }
        }
        return false;
    }

    Usage usage() {
        return new Usage(promptCount, cached, output);
    }

    private long deadline(long nowNanos) {
        long left = spec.timeLimit().compareTo(java.time.Duration.ofDays(365)) > 0
                ? java.time.Duration.ofDays(365).toNanos()
                : spec.timeLimit().toNanos();
        return nowNanos + left;
    }

    private int[] stops(SchedulerOptions options) {
        var ids = new java.util.TreeSet<>(spec.stopping().stopTokenIds());
        // Under a constraint an end of sequence is drawn only where nothing else may be, whatever the request ignores.
        if (!spec.stopping().ignoreEos() || spec.constraint() != null) {
            ids.addAll(options.eosTokenIds());
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
