package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.index.PrefixHits;
import io.jynamo.router.load.LoadColumns;
import io.jynamo.router.select.Candidates;
import io.jynamo.router.select.Outlook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The workers on offer, by number, and who of them may get a request. One thread at a time.
 *
 * <p>Whether a worker can be used is asked of it before each choice while there are at most {@value #FEW} of them. Of
 * more, it is asked every two milliseconds, and again of the one chosen, so that nobody who cannot be used is chosen, and
 * somebody who has become usable is chosen two milliseconds later.
 */
final class Roster {
    private static final int FEW = 32;
    private static final long FRESH_NANOS = 2_000_000;
    private static final long ALL_FRESH_NANOS = 100_000_000;

    private final RouterOptions options;
    private final boolean learns;
    private final LoadColumns columns;
    private final Candidates candidates;
    private final Map<WorkerId, Slot> byId = new HashMap<>();
    private @Nullable Slot[] slots = new Slot[8];
    private boolean[] usable = new boolean[8];
    private int[] paceSeen = new int[8];
    private int end;
    private int untold;
    private long freshAt;
    private long allFreshAt;
    private boolean stale = true;
    /** For one expectation after another. */
    private final Outlook learned = new Outlook();

    /** @param learns whether the policy reads what is expected of a worker */
    Roster(RouterOptions options, boolean learns, LoadColumns columns, Candidates candidates) {
        this.options = options;
        this.learns = learns;
        this.columns = columns;
        this.candidates = candidates;
    }

    boolean has(WorkerId worker) {
        return byId.containsKey(worker);
    }

    @Nullable
    Slot find(WorkerId worker) {
        return byId.get(worker);
    }

    Slot at(int number) {
        return Objects.requireNonNull(slots[number], "nobody has this number");
    }

    /** In the order in which they came. */
    List<Slot> all() {
        return byId.values().stream()
                .sorted(Comparator.comparingLong(Slot::arrival))
                .toList();
    }

    int size() {
        return byId.size();
    }

    /** Whether there are workers that do not tell their blocks. */
    boolean hasUntold() {
        return untold > 0;
    }

    void add(Slot slot) {
        int number = slot.number();
        if (number >= slots.length) {
            int capacity = Math.max(number + 1, 2 * slots.length);
            slots = Arrays.copyOf(slots, capacity);
            usable = Arrays.copyOf(usable, capacity);
            paceSeen = Arrays.copyOf(paceSeen, capacity);
        }
        slots[number] = slot;
        byId.put(slot.worker().id(), slot);
        untold += slot.untold() == null ? 0 : 1;
        end = Math.max(end, number + 1);
        candidates.reserve(end);
        candidates.enter(number, slot.worker().id().value());
        stale = true;
    }

    /** Takes a worker out; its number is free once whoever uses it has let it go. */
    @Nullable
    Slot remove(WorkerId worker) {
        Slot slot = byId.remove(worker);
        if (slot != null) {
            untold -= slot.untold() == null ? 0 : 1;
            slots[slot.number()] = null;
            usable[slot.number()] = false;
            stale = true;
        }
        return slot;
    }

    /** Looks again at what may have changed since it last did, if that is long enough ago. */
    void refresh(long nowNanos) {
        boolean all = stale || end <= FEW || nowNanos - allFreshAt > ALL_FRESH_NANOS;
        if (!all && nowNanos - freshAt < FRESH_NANOS) {
            return;
        }
        for (int number = 0; number < end; number++) {
            Slot slot = slots[number];
            if (slot != null) {
                usable[number] = slot.isUsable(nowNanos);
                slot.book().others(slot.worker().othersLoad());
                if (learns && (all || slot.pace().changes() != paceSeen[number])) {
                    expect(slot, nowNanos);
                }
            }
        }
        stale = false;
        freshAt = nowNanos;
        allFreshAt = all ? nowNanos : allFreshAt;
    }

    /** A request was given to the worker: what is expected of it is no longer what it was. */
    void onGiven(Slot slot, long nowNanos) {
        if (learns) {
            expect(slot, nowNanos);
        }
    }

    /** A request was given to the worker, perhaps for an adapter. */
    void onChosen(Slot slot, Router.Request request) {
        String adapter = request.scope().lora();
        if (adapter != null) {
            slot.adapters().use(adapter);
        }
    }

    private void expect(Slot slot, long nowNanos) {
        paceSeen[slot.number()] = slot.pace().changes();
        slot.pace().outlook(nowNanos, learned);
        learned.add(slot.book().others());
        candidates.expect(slot.number(), learned);
    }

    /** The chosen worker turned out not to be usable. */
    void onUnusable(Slot slot) {
        usable[slot.number()] = false;
    }

    /**
     * Makes candidates of all that may get the request.
     *
     * @throws JynamoException NOT_READY where nobody could ever take it now, OVERLOADED where all who could are full
     */
    void fill(Router.Request request) {
        if (byId.isEmpty()) {
            throw notReady("no worker serves this model yet; try again in a moment");
        }
        int[] requests = columns.now().requests();
        boolean choosy = !request.wishes().equals(Wishes.NONE)
                || !request.tried().isEmpty()
                || request.scope().lora() != null;
        int ready = choosy ? fill(request, requests) : fillAll(requests);
        if (candidates.count() == 0) {
            throw ready == 0 ? nobody(request) : full(request, ready);
        }
    }

    private int fillAll(int[] requests) {
        int most = options.maxRequestsPerWorker();
        int ready = 0;
        for (int number = 0; number < end; number++) {
            if (usable[number]) {
                ready++;
                if (requests[number] < most) {
                    candidates.add(number);
                }
            }
        }
        return ready;
    }

    /** The same for a request that not every worker suits; gives how many do and can be used. */
    private int fill(Router.Request request, int[] requests) {
        Wishes wishes = request.wishes();
        String adapter = request.scope().lora();
        int ready = 0;
        for (int number = 0; number < end; number++) {
            if (!usable[number] || !suits(at(number), request)) {
                continue;
            }
            ready++;
            if (requests[number] >= options.maxRequestsPerWorker()) {
                continue;
            }
            if (adapter != null) {
                candidates.lacks(number, at(number).adapters().missing(adapter));
            }
            if (wishes.preferredTaints().isEmpty() || wishes.pinned() != null) {
                candidates.add(number);
            } else {
                candidates.add(number, leaning(wishes, at(number).worker().taints()));
            }
        }
        return ready;
    }

    /** Whether all that may take the request have so many prompt tokens booked that they are busy. */
    boolean isBusy(Router.Request request, BusyRule rule) {
        boolean any = false;
        long[] booked = columns.now().prefillTokens();
        for (int number = 0; number < end; number++) {
            if (usable[number] && suits(at(number), request)) {
                any = true;
                if (!rule.holds(booked[number], at(number).worker().card().maxBatchedTokens())) {
                    return false;
                }
            }
        }
        return any;
    }

    /** Leading blocks that one of those has that may take the request, at most. */
    int deepest(Router.Request request, PrefixHits hits) {
        int most = 0;
        for (int number = 0; number < end; number++) {
            if (usable[number] && suits(at(number), request)) {
                most = Math.max(most, hits.depthOf(Tier.DEVICE, number));
            }
        }
        return most;
    }

    private static boolean suits(Slot slot, Router.Request request) {
        WorkerId id = slot.worker().id();
        Wishes wishes = request.wishes();
        return (wishes.pinned() == null || wishes.pinned().equals(id))
                && !request.tried().contains(id)
                && (wishes.allowed().isEmpty() || wishes.allowed().contains(id))
                && slot.worker().taints().containsAll(wishes.requiredTaints())
                && slot.worker().serves(request.scope().lora());
    }

    /** As Dynamo counts preferences: the sum of the weights, squeezed so that no cost changes by more than e times. */
    private static double leaning(Wishes wishes, Set<String> taints) {
        double sum = 0;
        for (Map.Entry<String, Double> wish : wishes.preferredTaints().entrySet()) {
            sum += taints.contains(wish.getKey()) ? wish.getValue() : 0;
        }
        return Math.exp(-Math.tanh(sum));
    }

    private JynamoException nobody(Router.Request request) {
        Wishes wishes = request.wishes();
        WorkerId pinned = wishes.pinned();
        if (pinned != null && !byId.containsKey(pinned)) {
            return new JynamoException(
                    ErrorCode.WORKER_NOT_FOUND, "no worker " + pinned + " serves this model; the request asks for it");
        }
        if (pinned != null && !wishes.allowed().isEmpty() && !wishes.allowed().contains(pinned)) {
            return new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "the request asks for worker " + pinned + ", which is not among those it allows");
        }
        if (!request.tried().isEmpty()) {
            return notReady("no worker is left that has not failed with this request");
        }
        if (pinned != null) {
            return notReady("worker " + pinned + ", which the request asks for, cannot be used now");
        }
        if (!wishes.allowed().isEmpty() || !wishes.requiredTaints().isEmpty()) {
            return notReady("none of the " + byId.size() + " workers of this model is what the request asks for"
                    + (wishes.allowed().isEmpty() ? "" : ": allowed " + wishes.allowed())
                    + (wishes.requiredTaints().isEmpty() ? "" : ": taints " + wishes.requiredTaints()));
        }
        String adapter = request.scope().lora();
        if (adapter != null
                && byId.values().stream().noneMatch(slot -> slot.worker().serves(adapter))) {
            return notReady(
                    "none of the " + byId.size() + " workers of this model has the adapter `" + adapter + "` now");
        }
        return notReady("none of the " + byId.size() + " workers of this model can be reached; try again shortly");
    }

    private JynamoException full(Router.Request request, int ready) {
        WorkerId pinned = request.wishes().pinned();
        String who = pinned == null ? "all " + ready + " workers have " : "worker " + pinned + " has ";
        return JynamoException.retryable(
                ErrorCode.OVERLOADED,
                who + options.maxRequestsPerWorker() + " requests" + (pinned == null ? " each" : "")
                        + ", the most allowed",
                untilNextPlace());
    }

    private JynamoException notReady(String message) {
        return JynamoException.retryable(ErrorCode.NOT_READY, message, options.retryAfter());
    }

    private Duration untilNextPlace() {
        List<Duration> known = new ArrayList<>();
        for (Slot slot : byId.values()) {
            Duration next = slot.book().untilNext();
            if (next != null) {
                known.add(next);
            }
        }
        return known.stream().min(Comparator.naturalOrder()).orElse(options.retryAfter());
    }
}
