package io.jynamo.frontend.keys;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One key while its server runs: what its file says of it, what it has taken, and what is counted of it. Any thread. */
final class KeyAccount {
    private final KeyUse use;
    private volatile KeyEntry entry;
    private final LongAdder requests = new LongAdder();
    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder cachedTokens = new LongAdder();
    private final LongAdder completionTokens = new LongAdder();
    private final Map<Denial.Kind, Long> denials = new EnumMap<>(Denial.Kind.class);

    KeyAccount(KeyEntry entry, Moment now) {
        this.entry = entry;
        this.use = new KeyUse(entry.limits(), now);
    }

    KeyEntry entry() {
        return entry;
    }

    /** Goes on as the file says now. */
    synchronized void change(KeyEntry to, Moment now) {
        if (!to.limits().equals(entry.limits())) {
            use.change(to.limits(), now);
        }
        entry = to;
    }

    /** Lets a request in, or says what keeps it out. */
    synchronized @Nullable Denial tryEnter(Moment now) {
        return counted(use.tryEnter(now), requests);
    }

    /** Lets a request in that nobody waits for, or says what keeps it out. */
    synchronized @Nullable Denial tryEnterBehind(Moment now) {
        return counted(use.tryEnterBehind(now), requests);
    }

    synchronized void leave() {
        use.leave();
    }

    /** Sets a prompt's tokens aside; throws what its client is told where there is no room. */
    synchronized KeyUse.Reservation reserve(long tokens, Moment now) {
        Denial denial = counted(use.spent(tokens, now), null);
        if (denial != null) {
            throw denial.exception(entry.terms().name());
        }
        return use.reserve(tokens, now);
    }

    synchronized void settle(KeyUse.Reservation reserved, RunFacts facts, Moment now) {
        use.settle(reserved, facts.chargedTokens(), now);
        if (facts.placed()) {
            promptTokens.add(facts.promptTokens());
            cachedTokens.add(facts.cachedTokens());
            completionTokens.add(facts.completionTokens());
        }
    }

    synchronized void writeHeaders(Moment now, BiConsumer<String, String> out) {
        RateHeaders.write("requests", use.requests(now), out);
        RateHeaders.write("tokens", use.tokens(now), out);
    }

    synchronized KeyCounts counts() {
        Map<String, Long> denied = new TreeMap<>();
        for (Denial.Kind kind : Denial.Kind.values()) {
            denied.put(kind.label(), denials.getOrDefault(kind, 0L));
        }
        return new KeyCounts(
                use.running(), requests.sum(), promptTokens.sum(), cachedTokens.sum(), completionTokens.sum(), denied);
    }

    private @Nullable Denial counted(@Nullable Denial denial, @Nullable LongAdder otherwise) {
        if (denial != null) {
            denials.merge(denial.kind(), 1L, Long::sum);
        } else if (otherwise != null) {
            otherwise.increment();
        }
        return denial;
    }
}
