package io.jynamo.router;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.router.health.Peers;
import io.jynamo.router.health.WorkerHealth;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.index.PrefixHits;
import io.jynamo.router.index.PrefixIndex;
import io.jynamo.router.load.LoadBook;
import io.jynamo.router.select.BoundedHash;
import io.jynamo.router.select.Candidates;
import io.jynamo.router.select.DynamoCost;
import io.jynamo.router.select.FleetPace;
import io.jynamo.router.select.LeastCost;
import io.jynamo.router.select.Outlook;
import io.jynamo.router.select.PowerOfTwo;
import io.jynamo.router.select.RandomChoice;
import io.jynamo.router.select.RoundRobin;
import io.jynamo.router.select.SelectionPolicy;
import io.jynamo.router.select.TimeCost;
import io.jynamo.router.select.WorkerPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The router of one process: a policy, the book of each worker, and the prefix index that the workers' KV events feed.
 *
 * <p>Any thread may call it. Hashing and index look-up run side by side; choosing and booking are one step under a lock
 * held for microseconds, so that two requests never choose by the same free place. Tokens of running requests are
 * booked on the worker's own book and do not touch that lock.
 */
public final class PolicyRouter implements Router {
    private static final BlockHashes UNHASHED = new BlockHashes(new long[0], new long[0]);

    private final RouterOptions options;
    private final LongSupplier nanoTime;
    private final SelectionPolicy policy;
    private final BlockHasher sharedHasher;
    private final PrefixIndex index;
    private final SpareHits spareHits = new SpareHits();
    private final @Nullable Resubscriber resubscriber;

    private final Peers peers = new Peers();
    private final FleetPace fleet = new FleetPace();
    private final ReentrantLock choosing = new ReentrantLock();
    private volatile List<Slot> slots = List.of();
    private final BitSet owners = new BitSet();
    private long decisions;
    private boolean closed;
    private final @Nullable Prober prober;

    /** On the system's clock. */
    public PolicyRouter(RouterOptions options, RandomGenerator random) {
        this(options, random, System::nanoTime);
    }

    /**
     * A router without workers.
     *
     * @param random the only source of chance; seeded, and given the same calls, the router chooses the same
     * @param nanoTime the time, by which refused clients are told when a place is likely to come free
     */
    public PolicyRouter(RouterOptions options, RandomGenerator random, LongSupplier nanoTime) {
        this(options, policy(options.policy(), random), nanoTime, true);
    }

    private PolicyRouter(RouterOptions options, SelectionPolicy policy, LongSupplier nanoTime, boolean ownThreads) {
        this.options = options;
        this.nanoTime = nanoTime;
        this.policy = policy;
        this.sharedHasher = new BlockHasher(options.blockTokens(), CacheScope.SHARED);
        this.index = new ChainIndex(options.indexBytes(), nanoTime);
        this.resubscriber = ownThreads ? new Resubscriber() : null;
        this.prober = ownThreads ? new Prober(this::healths, nanoTime) : null;
    }

    /**
     * A router without threads, for one who owns the time: suspended workers are not probed, and KV events that do not
     * fit are a defect of who brings them.
     *
     * @param policy chooses, whatever the options name
     */
    public static PolicyRouter withoutThreads(RouterOptions options, SelectionPolicy policy, LongSupplier nanoTime) {
        return new PolicyRouter(options, policy, nanoTime, false);
    }

    private void onStale(KvFeed feed) {
        if (resubscriber == null) {
            throw new IllegalStateException("the KV events of owner " + feed.owner() + " have a gap");
        }
        resubscriber.add(feed);
    }

    private Map<Worker, WorkerHealth> healths() {
        Map<Worker, WorkerHealth> healths = new LinkedHashMap<>();
        slots.forEach(slot -> healths.put(slot.worker, slot.health));
        return healths;
    }

    /** A worker on offer; {@code lastChosen} is written and read under the lock. */
    private static final class Slot {
        private final Worker worker;
        private final LoadBook book;
        private final KvFeed feed;
        private final WorkerHealth health;
        private final WorkerPace pace;
        private long lastChosen = -1;

        Slot(Worker worker, LoadBook book, KvFeed feed, Peers peers, FleetPace fleet) {
            this.pace = new WorkerPace(fleet);
            this.worker = worker;
            this.health = new WorkerHealth(peers);
            this.book = book;
            this.feed = feed;
        }
    }

    @Override
    public void add(Worker worker) {
        int cardTokens = worker.card().blockTokens();
        if (policy.readsBlocks() && cardTokens != options.blockTokens()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "worker " + worker.id() + " has blocks of " + cardTokens + " tokens, the router hashes blocks of "
                            + options.blockTokens() + "; give both the same block size");
        }
        KvFeed feed;
        choosing.lock();
        try {
            requireOpen();
            if (slots.stream().anyMatch(slot -> slot.worker.id().equals(worker.id()))) {
                throw new IllegalArgumentException("worker " + worker.id() + " is on offer already");
            }
            int owner = owners.nextClearBit(0);
            owners.set(owner);
            feed = new KvFeed(worker, owner, index, this::onStale);
            List<Slot> more = new ArrayList<>(slots);
            more.add(new Slot(worker, new LoadBook(options.blockTokens(), nanoTime), feed, peers, fleet));
            slots = List.copyOf(more);
        } finally {
            choosing.unlock();
        }
        if (policy.readsBlocks()) {
            feed.subscribe();
        }
    }

    @Override
    public void remove(WorkerId worker) {
        List<Slot> leaving;
        choosing.lock();
        try {
            leaving = slots.stream()
                    .filter(slot -> slot.worker.id().equals(worker))
                    .toList();
            slots = slots.stream().filter(slot -> !leaving.contains(slot)).toList();
        } finally {
            choosing.unlock();
        }
        leave(leaving);
    }

    @Override
    public Placement place(Request request) {
        return choose(request, this::book);
    }

    @Override
    public Explanation explain(Request request) {
        return choose(request, choice -> explain(choice.candidates(), choice.seen(), choice.row()));
    }

    /** A worker chosen for a request, under the lock. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    private record Choice(Request request, long[] sequences, List<Slot> seen, Candidates candidates, int row) {}

    private <T> T choose(Request request, Function<Choice, T> then) {
        BlockHashes hashes = policy.readsBlocks() ? hash(request) : UNHASHED;
        PrefixHits hits = spareHits.take();
        try {
            List<Slot> seen = slots;
            index.find(hashes, hits);
            return choose(request, hashes, seen, hits, then);
        } finally {
            spareHits.give(hits);
        }
    }

    private <T> T choose(
            Request request, BlockHashes hashes, List<Slot> before, PrefixHits hits, Function<Choice, T> then) {
        choosing.lock();
        try {
            requireOpen();
            List<Slot> seen = slots;
            if (!seen.equals(before)) {
                index.find(hashes, hits); // an owner's number may stand for another worker by now
            }
            long[] sequences = hashes.sequence();
            Candidates candidates = candidates(request, seen, sequences, hits);
            return then.apply(new Choice(request, sequences, seen, candidates, policy.choose(candidates)));
        } finally {
            choosing.unlock();
        }
    }

    private Placement book(Choice choice) {
        Request request = choice.request();
        Candidates candidates = choice.candidates();
        Slot slot = choice.seen().get(candidates.key(choice.row()));
        slot.lastChosen = decisions++;
        int cached = candidates.hitBlocks(choice.row()) * options.blockTokens();
        var load = new LoadBook.Load(choice.sequences(), request.promptTokens(), cached, request.choices());
        Explanation why = request.explained() ? explain(candidates, choice.seen(), choice.row()) : null;
        return new Placement(slot.worker, booking(slot, load), candidates.hitBlocks(choice.row()), why);
    }

    private Placement.Booking booking(Slot slot, LoadBook.Load load) {
        var booking = new HealthBooking(slot.book, load, slot.health, nanoTime);
        return policy.learns() ? new PacedBooking(booking, slot.book, slot.pace, load, nanoTime) : booking;
    }

    @Override
    public RouterStatus status() {
        List<RouterStatus.WorkerStatus> workers = new ArrayList<>();
        for (Slot slot : slots) {
            LoadBook.Balance balance = slot.book.balance();
            KvFeed.Faults faults = slot.feed.faults();
            workers.add(new RouterStatus.WorkerStatus(
                    slot.worker.id(),
                    balance.requests(),
                    balance.prefillTokens(),
                    balance.blocks(),
                    faults.gaps(),
                    faults.skipped(),
                    faults.droppedBlocks(),
                    slot.health.isSuspended()));
        }
        return new RouterStatus(workers, index.blocks(), index.bytes());
    }

    @Override
    public void close() {
        List<Slot> leaving;
        choosing.lock();
        try {
            closed = true;
            leaving = slots;
            slots = List.of();
        } finally {
            choosing.unlock();
        }
        if (prober != null && resubscriber != null) {
            prober.close();
            resubscriber.close();
        }
        leave(leaving);
    }

    private void leave(List<Slot> leaving) {
        for (Slot slot : leaving) {
            slot.feed.close();
            choosing.lock();
            try {
                owners.clear(slot.feed.owner());
            } finally {
                choosing.unlock();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw JynamoException.retryable(
                    ErrorCode.NOT_READY, "the router is closed; the server is stopping", options.retryAfter());
        }
    }

    private BlockHashes hash(Request request) {
        HashedPrompt hashed = request.hashed();
        if (hashed != null) {
            return hashed.blocks();
        }
        CacheScope scope = request.scope();
        BlockHasher hasher =
                scope.equals(CacheScope.SHARED) ? sharedHasher : new BlockHasher(options.blockTokens(), scope);
        return hasher.hash(request.prompt());
    }

    private Candidates candidates(Request request, List<Slot> among, long[] sequences, PrefixHits hits) {
        if (among.isEmpty()) {
            throw JynamoException.retryable(
                    ErrorCode.NOT_READY,
                    "no worker serves this model yet; try again in a moment",
                    options.retryAfter());
        }
        Candidates candidates = new Candidates(request.promptTokens(), options.blockTokens(), among.size());
        candidates.sequences(sequences);
        int usable = 0;
        long now = nanoTime.getAsLong();
        for (int i = 0; i < among.size(); i++) {
            Slot slot = among.get(i);
            if (slot.worker.state() != WorkerState.READY
                    || request.tried().contains(slot.worker.id())
                    || !slot.health.isUsable(now)) {
                continue;
            }
            usable++;
            LoadBook.Balance balance = slot.book.balance();
            if (balance.requests() >= options.maxRequestsPerWorker()) {
                continue;
            }
            int shared = sequences.length == 0 ? 0 : slot.book.sharedBlocks(sequences);
            candidates.add(
                    i,
                    hits.depthOf(Tier.DEVICE, slot.feed.owner()),
                    new Candidates.Booked(
                            balance.prefillTokens(), balance.blocks(), shared, balance.requests(), slot.lastChosen),
                    new Candidates.About(
                            slot.worker.id().value(), policy.learns() ? slot.pace.outlook(now) : Outlook.UNKNOWN));
        }
        if (usable == 0) {
            throw JynamoException.retryable(
                    ErrorCode.NOT_READY,
                    request.tried().isEmpty()
                            ? "none of the " + among.size() + " workers of this model can be reached; try again shortly"
                            : "no worker is left that has not failed with this request",
                    options.retryAfter());
        }
        if (candidates.count() == 0) {
            throw JynamoException.retryable(
                    ErrorCode.OVERLOADED,
                    "all " + usable + " workers have " + options.maxRequestsPerWorker()
                            + " requests each, the most allowed",
                    untilNextPlace(among));
        }
        return candidates;
    }

    private Duration untilNextPlace(List<Slot> among) {
        return among.stream()
                .map(slot -> slot.book.untilNext())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(options.retryAfter());
    }

    private Explanation explain(Candidates candidates, List<Slot> among, int chosen) {
        Explanation.Candidate[] looked = new Explanation.Candidate[candidates.count()];
        for (int i = 0; i < looked.length; i++) {
            looked[i] = new Explanation.Candidate(
                    among.get(candidates.key(i)).worker.id(),
                    new Explanation.TierHits(candidates.hitBlocks(i), 0, 0, 0),
                    candidates.prefillTokens(i),
                    candidates.activeBlocks(i),
                    candidates.requests(i),
                    candidates.cost(i),
                    List.of());
        }
        return new Explanation(
                options.policy().id(),
                looked[chosen].worker(),
                policy.reason(candidates, chosen),
                Arrays.asList(looked));
    }

    private static SelectionPolicy policy(RoutingPolicy policy, RandomGenerator random) {
        return switch (policy) {
            case ROUND_ROBIN -> new RoundRobin();
            case RANDOM -> new RandomChoice(random);
            case POWER_OF_TWO -> new PowerOfTwo(random);
            case LEAST_LOADED -> LeastCost.ofLoad(random);
            case CONSISTENT_HASH -> new BoundedHash(BoundedHash.HEAD_TOKENS, BoundedHash.BOUND);
            case PREFIX_AFFINITY -> LeastCost.ofPrefixAndLoad(new DynamoCost(), random);
            case TIME -> LeastCost.ofPrefixAndLoad(new TimeCost(), random);
        };
    }
}
