package io.jynamo.frontend.routing;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Explanation;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one model and routing group among which is chosen: a router of ours, whose workers are ranks that only
 * the service's clients call.
 */
final class SelectionPartition implements AutoCloseable {
    private final PartitionKey key;
    private final int blockTokens;
    private final Router router;
    private final ConcurrentSkipListMap<Rank, RankSlot> slots = new ConcurrentSkipListMap<>();

    SelectionPartition(PartitionKey key, int blockTokens, Router router) {
        this.key = key;
        this.blockTokens = blockTokens;
        this.router = router;
    }

    PartitionKey key() {
        return key;
    }

    int blockTokens() {
        return blockTokens;
    }

    NavigableMap<Rank, RankSlot> slots() {
        return slots;
    }

    void join(RankSlot slot) {
        slots.put(slot.rank(), slot);
        router.add(new RankWorker(slot.rank(), key, blockTokens, slot.source(), event -> {})
                .labelled(() -> slot.details().taints())
                .stepping(() -> slot.details().stepTokens()));
    }

    void leave(RankSlot slot) {
        slots.remove(slot.rank());
        router.remove(slot.rank().id());
        slot.source().close();
    }

    /** How the router would choose; with the ranks that it looked at. */
    Choice explain(Wanted wanted) {
        Explanation explanation = wanted.from(this, router::explain);
        return choice(wanted.prompt(), explanation, explanation.chosen());
    }

    /** Chooses and books, perhaps after a time; the booking is the router's. */
    Booked place(Wanted wanted) {
        return booked(wanted, wanted.from(this, request -> router.place(request.withExplanation())));
    }

    /** The same, if that needs no waiting; null where it does. */
    @Nullable
    Booked placeNow(Wanted wanted) {
        Placement placement = wanted.from(this, request -> router.placeNow(request.withExplanation()));
        return placement == null ? null : booked(wanted, placement);
    }

    /** Books a request that a client gave to somebody itself. */
    Booked placeUnasked(Wanted wanted) {
        return booked(wanted, wanted.from(this, request -> router.placeUnasked(request.withExplanation())));
    }

    /** Who waits for one of these workers. */
    Router.Queue queue() {
        return router.queue();
    }

    private Booked booked(Wanted wanted, Placement placement) {
        Explanation explanation = placement.explanation();
        if (explanation == null) {
            throw new IllegalStateException("a placement without the explanation that was asked for");
        }
        try {
            return new Booked(
                    choice(wanted.prompt(), explanation, placement.worker().id()), placement.booking());
        } catch (RuntimeException left) {
            placement.booking().release();
            throw left;
        }
    }

    /** What each rank holds of a prompt, whoever would be chosen. */
    Map<Rank, TierDepths> depths(PromptInput prompt) {
        return explain(Wanted.anyOf(prompt)).depths();
    }

    private Choice choice(PromptInput prompt, Explanation explanation, WorkerId chosen) {
        Map<WorkerId, Rank> known = new HashMap<>();
        slots.keySet().forEach(rank -> known.put(rank.id(), rank));
        NavigableMap<Rank, TierDepths> depths = new TreeMap<>();
        for (Explanation.Candidate candidate : explanation.candidates()) {
            Rank rank = known.get(candidate.worker());
            if (rank != null) {
                depths.put(rank, TierDepths.of(candidate.hits()));
            }
        }
        Rank rank = known.get(chosen);
        RankSlot slot = rank == null ? null : slots.get(rank);
        if (rank == null || slot == null) {
            throw nobody();
        }
        TierDepths of = depths.getOrDefault(rank, TierDepths.NONE);
        return new Choice(slot, depths, of.prefillTokens(prompt.tokens(), blockTokens));
    }

    static JynamoException nobody() {
        return new JynamoException(ErrorCode.NOT_READY, "no endpoints available to route work");
    }

    /**
     * A rank that was chosen.
     *
     * @param depths what the ranks that were looked at hold of the prompt
     * @param prefillTokens that it would compute
     */
    record Choice(RankSlot slot, NavigableMap<Rank, TierDepths> depths, int prefillTokens) {
        /** What the ranks of the chosen worker hold. */
        NavigableMap<Rank, TierDepths> ofWorker() {
            long worker = slot.rank().worker();
            return depths.subMap(new Rank(worker, 0), true, new Rank(worker, -1), true);
        }
    }

    /** A choice with the router's booking. */
    record Booked(Choice choice, Placement.Booking booking) {}

    /**
     * What is to be chosen for, and among whom.
     *
     * @param request as the router is asked, but for who may not be chosen
     * @param allowed null for everybody
     */
    record Wanted(
            PromptInput prompt,
            Router.Request request,
            @Nullable Predicate<RankSlot> allowed) {
        static Wanted anyOf(PromptInput prompt) {
            return new Wanted(prompt, request(prompt, 0, 0), null);
        }

        static Wanted exactly(PromptInput prompt, Rank rank, int outputTokens) {
            return new Wanted(
                    prompt,
                    request(prompt, outputTokens, 0),
                    slot -> slot.rank().equals(rank));
        }

        /** The same, among fewer. */
        Wanted only(Predicate<RankSlot> these) {
            return new Wanted(prompt, request, allowed == null ? these : allowed.and(these));
        }

        /** The same, which waits for so long at most. */
        Wanted within(Duration longest) {
            return new Wanted(prompt, request.withClaim(request.claim().withFirstTokenWithin(longest)), allowed);
        }

        static Router.Request request(PromptInput prompt, int outputTokens, int priority) {
            return Router.Request.of(
                    new Router.HashedPrompt(prompt.hashes(), prompt.tokens()), 1, outputTokens, priority);
        }

        private <T extends @Nullable Object> T from(SelectionPartition partition, Function<Router.Request, T> ask) {
            try {
                return ask.apply(narrowed(partition));
            } catch (JynamoException refused) {
                throw refused.code() == ErrorCode.NOT_READY ? nobody() : refused;
            }
        }

        private Router.Request narrowed(SelectionPartition partition) {
            if (allowed == null) {
                return request;
            }
            Set<WorkerId> these = partition.slots.values().stream()
                    .filter(allowed)
                    .map(slot -> slot.rank().id())
                    .collect(Collectors.toSet());
            if (these.isEmpty()) {
                throw nobody();
            }
            return request.withWishes(request.wishes().withAllowed(these));
        }
    }

    @Override
    public void close() {
        slots.values().forEach(this::leave);
        router.close();
    }
}
