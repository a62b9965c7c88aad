package io.jynamo.router;

import io.jynamo.protocol.BlockHashBuffer;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.router.health.Peers;
import io.jynamo.router.health.WorkerHealth;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.index.PrefixHits;
import io.jynamo.router.index.PrefixIndex;
import io.jynamo.router.load.LoadBook;
import io.jynamo.router.load.LoadColumns;
import io.jynamo.router.select.Candidates;
import io.jynamo.router.select.CostTuning;
import io.jynamo.router.select.FleetPace;
import io.jynamo.router.select.SelectionPolicy;
import io.jynamo.router.select.WorkerPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
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
    private static final Tier[] TIERS = Tier.values();

    private final RouterOptions options;
    private final LongSupplier nanoTime;
    private final SelectionPolicy policy;
    /** What explains: the same, with chance of its own, so that a look does not change what is chosen next. */
    private final SelectionPolicy onlooker;

    private final BlockHasher sharedHasher;
    private final PrefixIndex index;
    private final UntoldHits untoldHits;
    private final Lookup.Spares lookups = new Lookup.Spares();
    private final @Nullable Resubscriber resubscriber;
    private final @Nullable Prober prober;

    private final Peers peers = new Peers();
    private final FleetPace fleet = new FleetPace();
    private final LoadColumns columns = new LoadColumns();

    private final ReentrantLock choosing = new ReentrantLock();
    private final Roster roster;
    private final Candidates candidates;
    private final Sessions sessions;
    private final HeardSessions heard = new HeardSessions(this::hear);
    private final Explainer explainer;
    /** Of one decision after another. */
    private final LoadBook.Load load = new LoadBook.Load();

    private final WorkerPace.Prompt prompt = new WorkerPace.Prompt();

    private final BitSet numbers = new BitSet();
    /** Rises with every worker that comes or goes, so that a number means the same while it stays. */
    private final AtomicLong version = new AtomicLong();

    private final DecisionMeter meter = new DecisionMeter();
    private long decisions;
    private boolean closed;

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
        this(
                options,
                PolicyChoice.of(options, random),
                PolicyChoice.of(options, new SplittableRandom(0)),
                nanoTime,
                true);
    }

    private PolicyRouter(
            RouterOptions options,
            SelectionPolicy policy,
            SelectionPolicy onlooker,
            LongSupplier nanoTime,
            boolean ownThreads) {
        this.options = options;
        this.nanoTime = nanoTime;
        this.policy = policy;
        this.onlooker = onlooker;
        this.sharedHasher = new BlockHasher(options.blockTokens(), CacheScope.SHARED);
        this.index = new ChainIndex(options.indexBytes(), nanoTime);
        this.untoldHits = new UntoldHits(
                index,
                options.blockTokens(),
                options.predictions().withoutEvents().toNanos());
        this.candidates = new Candidates(0, options.blockTokens(), 8);
        this.roster = new Roster(options, policy.learns(), columns, candidates);
        this.sessions = new Sessions(options.affinity(), roster, candidates);
        this.explainer = new Explainer(options.policy(), roster, candidates, sessions);
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
        return new PolicyRouter(options, policy, policy, nanoTime, false);
    }

    private void onStale(KvFeed feed) {
        if (resubscriber == null) {
            throw new IllegalStateException("the KV events of owner " + feed.owner() + " have a gap");
        }
        resubscriber.add(feed);
    }

    // ---------------------------------------------------------------------------------------------- workers

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
            if (roster.has(worker.id())) {
                throw new IllegalArgumentException("worker " + worker.id() + " is on offer already");
            }
            int number = numbers.nextClearBit(0);
            numbers.set(number);
            feed = new KvFeed(worker, number, index, this::onStale);
            roster.add(slot(number, worker, feed));
            version.incrementAndGet();
        } finally {
            choosing.unlock();
        }
        if (policy.readsBlocks()) {
            feed.subscribe();
        }
        if (sessions.areKept()) {
            heard.listen(worker);
        }
    }

    private void hear(WorkerId worker, SessionNews news) {
        choosing.lock();
        try {
            if (roster.has(worker)) {
                sessions.hear(news, worker, nanoTime.getAsLong());
            }
        } finally {
            choosing.unlock();
        }
    }

    private Slot slot(int number, Worker worker, KvFeed feed) {
        columns.reserve(number + 1);
        roster.all().forEach(other -> other.book().publish());
        return new Slot(
                number,
                version.get(),
                worker,
                new LoadBook(options.blockTokens(), nanoTime, columns, number),
                feed,
                new WorkerHealth(peers),
                new WorkerPace(fleet),
                new AdapterUse(),
                untoldCache(worker));
    }

    /** Nothing is expected of a worker that neither tells its blocks nor has any predicted. */
    private @Nullable UntoldCache untoldCache(Worker worker) {
        Duration life = options.predictions().withoutEvents();
        boolean untold = policy.readsBlocks() && !worker.card().can(Capability.KV_EVENTS) && life.isPositive();
        return untold ? new UntoldCache(life.toNanos()) : null;
    }

    @Override
    public void remove(WorkerId worker) {
        Slot leaving;
        choosing.lock();
        try {
            leaving = roster.remove(worker);
            sessions.forget(worker);
            version.incrementAndGet();
        } finally {
            choosing.unlock();
        }
        if (leaving != null) {
            leave(leaving);
        }
    }

    /** Its number is another worker's once its last request has ended. */
    private void leave(Slot slot) {
        slot.feed().close();
        heard.leave(slot.worker());
        slot.book().whenEmpty(() -> {
            choosing.lock();
            try {
                numbers.clear(slot.number());
            } finally {
                choosing.unlock();
            }
        });
    }

    @Override
    public void close() {
        List<Slot> leaving;
        choosing.lock();
        try {
            closed = true;
            leaving = roster.all();
            leaving.forEach(slot -> roster.remove(slot.worker().id()));
        } finally {
            choosing.unlock();
        }
        if (prober != null && resubscriber != null) {
            prober.close();
            resubscriber.close();
        }
        leaving.forEach(this::leave);
    }

    private List<Slot> slots() {
        choosing.lock();
        try {
            return roster.all();
        } finally {
            choosing.unlock();
        }
    }

    private Map<Worker, WorkerHealth> healths() {
        Map<Worker, WorkerHealth> healths = new LinkedHashMap<>();
        slots().forEach(slot -> healths.put(slot.worker(), slot.health()));
        return healths;
    }

    @Override
    public RouterStatus status() {
        List<RouterStatus.WorkerStatus> workers = new ArrayList<>();
        for (Slot slot : slots()) {
            LoadBook.Balance balance = slot.book().balance();
            KvFeed.Faults faults = slot.feed().faults();
            WorkerLoad load = slot.worker().load();
            workers.add(new RouterStatus.WorkerStatus(
                    slot.worker().id(),
                    balance.requests(),
                    balance.prefillTokens(),
                    balance.blocks(),
                    slot.book().others(),
                    load.running() + load.waiting(),
                    faults.gaps(),
                    faults.skipped(),
                    faults.droppedBlocks(),
                    slot.health().isSuspended(),
                    slot.feed().status(nanoTime.getAsLong())));
        }
        return new RouterStatus(workers, index.blocks(), index.bytes(), index.reclaimed());
    }

    @Override
    public DecisionFigures decisions() {
        return meter.figures();
    }

    // ---------------------------------------------------------------------------------------------- choice

    @Override
    public Placement place(Request request) {
        long begun = System.nanoTime();
        Lookup lookup = lookups.take();
        try {
            hash(request, lookup.hashes());
            long hashed = System.nanoTime();
            long before = version.get();
            index.find(lookup.hashes(), lookup.hits());
            long found = System.nanoTime();
            Slot slot;
            Placement placement;
            int deepest;
            choosing.lock();
            try {
                SelectionPolicy by = tuned(policy, request);
                int row = choose(by, request, lookup, before);
                slot = roster.at(candidates.key(row));
                placement = book(by, request, lookup.hashes(), row);
                deepest = roster.hasUntold()
                        ? candidates.deepest()
                        : lookup.hits().deepest();
            } finally {
                choosing.unlock();
            }
            meter.onTimes(begun, hashed, found, System.nanoTime());
            meter.onHits(
                    Math.ceilDiv(request.promptTokens(), options.blockTokens()), placement.cachedBlocks(), deepest);
            predict(slot, lookup.hashes());
            sessions.tell(request, slot.worker());
            return placement;
        } finally {
            lookups.give(lookup);
        }
    }

    @Override
    public Explanation explain(Request request) {
        Lookup lookup = lookups.take();
        try {
            hash(request, lookup.hashes());
            long before = version.get();
            index.find(lookup.hashes(), lookup.hits());
            choosing.lock();
            try {
                SelectionPolicy by = tuned(onlooker, request);
                int row = choose(by, request, lookup, before);
                return explainer.explain(by, request, row, nanoTime.getAsLong());
            } finally {
                choosing.unlock();
            }
        } finally {
            lookups.give(lookup);
        }
    }

    /** The row of the worker that gets the request. Under the lock, like all that follows here. */
    private int choose(SelectionPolicy by, Request request, Lookup lookup, long before) {
        requireOpen();
        BlockHashBuffer hashes = lookup.hashes();
        PrefixHits hits = lookup.hits();
        if (version.get() != before) {
            index.find(hashes, hits); // a number may stand for another worker by now
        }
        long now = nanoTime.getAsLong();
        roster.refresh(now);
        for (int attempt = 0; attempt <= roster.size(); attempt++) {
            candidates.begin(request.promptTokens(), hashes.sequence(), hashes.count(), hits.tiers());
            candidates.booked(columns.now());
            roster.fill(request);
            if (policy.readsBlocks()) {
                readBlocks(hashes, hits, now);
            }
            int row = sessions.keep(by, request, by.choose(candidates), now);
            Slot slot = roster.at(candidates.key(row));
            if (slot.isUsable(now)) {
                return row;
            }
            roster.onUnusable(slot);
        }
        throw new IllegalStateException("workers turned out not to be usable more often than there are workers");
    }

    private void readBlocks(BlockHashBuffer hashes, PrefixHits hits, long now) {
        for (int tier = 0; tier < hits.tiers(); tier++) {
            hits.expand(TIERS[tier], candidates.depths(TIERS[tier]));
        }
        if (roster.hasUntold()) {
            untoldHits.weigh(roster, candidates, hashes.sequence(), hits.tiers(), now);
        }
        columns.sharedBlocks(hashes.sequence(), hashes.count(), candidates.sharedBlocks());
    }

    private static SelectionPolicy tuned(SelectionPolicy policy, Request request) {
        CostTuning tuning = request.wishes().tuning();
        return tuning.equals(CostTuning.NONE) ? policy : policy.tuned(tuning);
    }

    private Placement book(SelectionPolicy by, Request request, BlockHashBuffer hashes, int row) {
        Slot slot = roster.at(candidates.key(row));
        Explanation why = request.explained() ? explainer.explain(by, request, row, nanoTime.getAsLong()) : null;
        candidates.chosen(slot.number(), decisions++);
        roster.onChosen(slot, request);
        int length = request.promptTokens();
        int cached = Math.min(length, by.cachedTokens(candidates, row));
        load.set(hashes.sequence(), hashes.count(), length, cached, request.choices());
        Placement.Booking booking;
        if (policy.learns()) {
            booking = new PacedBooking(slot, load, prompt(length, cached, row));
            roster.onGiven(slot, nanoTime.getAsLong());
        } else {
            booking = new HealthBooking(slot, load);
        }
        UntoldCache untold = slot.untold();
        if (untold != null) {
            booking = new UntoldBooking(booking, untold, untoldHits.of(slot.number(), length, cached));
        }
        sessions.bind(request, slot.worker().id(), nanoTime.getAsLong());
        return new Placement(slot.worker(), booking, candidates.hitBlocks(row), why);
    }

    private WorkerPace.Prompt prompt(int tokens, int cached, int row) {
        int host = candidates.hitBlocks(row, Tier.HOST);
        int far = candidates.hitBlocks(row, Tier.DISK) + candidates.hitBlocks(row, Tier.REMOTE);
        boolean guessed = roster.at(candidates.key(row)).untold() != null;
        return prompt.set(tokens, tokens - cached, guessed)
                .fetching(host * options.blockTokens(), far * options.blockTokens());
    }

    private void predict(Slot slot, BlockHashBuffer hashes) {
        if (hashes.count() == 0) {
            return;
        }
        RouterOptions.Predictions predictions = options.predictions();
        Duration ttl = slot.untold() == null ? predictions.withEvents() : predictions.withoutEvents();
        if (!ttl.isZero()) {
            slot.feed().predict(hashes.copy(), nanoTime.getAsLong() + ttl.toNanos());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw JynamoException.retryable(
                    ErrorCode.NOT_READY, "the router is closed; the server is stopping", options.retryAfter());
        }
    }

    private void hash(Request request, BlockHashBuffer into) {
        HashedPrompt hashed = request.hashed();
        if (!policy.readsBlocks()) {
            into.clear();
        } else if (hashed != null) {
            into.set(hashed.blocks());
        } else {
            CacheScope scope = request.scope();
            BlockHasher hasher =
                    scope.equals(CacheScope.SHARED) ? sharedHasher : new BlockHasher(options.blockTokens(), scope);
            hasher.hash(request.prompt(), into);
        }
    }

    @Override
    public boolean isBusy(Request request, BusyRule rule) {
        choosing.lock();
        try {
            roster.refresh(nanoTime.getAsLong());
            return roster.isBusy(request, rule);
        } finally {
            choosing.unlock();
        }
    }

    @Override
    public int cachedTokens(Request request) {
        if (!policy.readsBlocks()) {
            return 0;
        }
        Lookup lookup = lookups.take();
        try {
            hash(request, lookup.hashes());
            index.find(lookup.hashes(), lookup.hits());
            choosing.lock();
            try {
                roster.refresh(nanoTime.getAsLong());
                return roster.deepest(request, lookup.hits()) * options.blockTokens();
            } finally {
                choosing.unlock();
            }
        } finally {
            lookups.give(lookup);
        }
    }
}
