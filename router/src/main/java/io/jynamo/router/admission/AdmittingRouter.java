package io.jynamo.router.admission;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.BusyRule;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import io.jynamo.router.RouterOver;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A router before which requests wait while another has no room for them. Any thread may call it; one that calls
 * {@link #place} waits there, until it is placed, refused or interrupted.
 *
 * <p>How it works. Where nobody waits a request goes straight to the inner router. One that finds no room there joins the
 * {@link ClassedLine}. Whoever heads the line has the <em>turn</em>: its own thread, and no other, asks the inner router
 * again, outside the lock. If it is placed the turn passes on; if not, its lane is closed until a worker that the lane may
 * use has room, and the turn passes to the best of the other lanes. Room that comes while somebody tries makes it try again,
 * so no news is lost; news that nobody brings, as of a worker that has recovered, is found by looking every
 * {@link #RECHECK}. A freed place costs the thread that frees it one look at the line; placing is done by who waits.
 *
 * <p>A request that is not preemptible and finds no room has one that is, and runs where it may go, told to give way: the
 * one with the least output, once for each that waits.
 */
public final class AdmittingRouter extends RouterOver {
    private static final Duration RECHECK = Duration.ofMillis(500);
    /** How long those who wait put up with it that no worker can be reached. */
    private static final Duration UNREACHABLE = Duration.ofSeconds(5);

    private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(1);

    private final Router inner;
    private final AdmissionOptions options;
    private final LongSupplier nanoTime;
    private final long beginNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final ClassedLine line;
    private final WaitingLoad load;
    private final Outflow outflow = new Outflow();
    private final Map<Long, Waiter> waiters = new HashMap<>();
    private final Set<Lane> full = new HashSet<>();
    private final Preemptibles preemptibles = new Preemptibles();
    private final Set<WorkerId> workers = ConcurrentHashMap.newKeySet();
    private @Nullable Waiter turn;
    private long numbers;
    private long checkedNanos;
    /** Written under the lock before a waiter first tries; a booking that ends reads it after it made room. */
    private volatile int waiting;

    /** Tenants were charged since the line was last idle. */
    private volatile boolean charged;

    private volatile boolean closed;

    /** Waits before {@code inner}, which is closed with it. */
    public AdmittingRouter(Router inner, AdmissionOptions options, LongSupplier nanoTime) {
        super(inner);
        this.inner = inner;
        this.options = options;
        this.nanoTime = nanoTime;
        this.beginNanos = nanoTime.getAsLong();
        this.line = new ClassedLine(options.classes().all(), options.weights());
        this.load = new WaitingLoad(options);
    }

    @Override
    public void add(Worker worker) {
        super.add(worker);
        workers.add(worker.id());
        onRoom(worker.id());
    }

    @Override
    public void remove(WorkerId worker) {
        super.remove(worker);
        workers.remove(worker);
        // Who waits for this one alone is to learn that it is gone.
        onRoom(worker);
    }

    @Override
    public @Nullable Placement placeNow(Request request) {
        requireOpen();
        PolicyClasses classes = options.classes();
        return placeNow(request, classify(request, classes.readsCache() ? cached(request) : 0));
    }

    private @Nullable Placement placeNow(Request request, int policyClass) {
        if (waiting > 0 && mustWait(Lane.of(request, policyClass))) {
            return null;
        }
        if (options.maxRequests() == 0 && !isBusy(request, policyClass)) {
            return admitted(request, inner.place(request));
        }
        Placement placed = attempt(request, policyClass);
        if (placed == null) {
            return null;
        }
        if (charged && waiting == 0) {
            onIdle();
        }
        return admitted(request, placed);
    }

    @Override
    public Placement placeUnasked(Request request) {
        requireOpen();
        return admitted(request, inner.place(request));
    }

    private int cached(Request request) {
        return Math.min(inner.cachedTokens(request), request.promptTokens());
    }

    private int classify(Request request, int cached) {
        return options.classes().of(request.claim().policyClass(), request.promptTokens() - (long) cached);
    }

    private boolean mustWait(Lane lane) {
        lock.lock();
        try {
            // Lanes that wait while nobody has the turn have found no room.
            return turn != null || !line.isEmpty(lane);
        } finally {
            lock.unlock();
        }
    }

    /** There is room and nobody waits: what tenants got before is forgotten. */
    private void onIdle() {
        lock.lock();
        try {
            if (line.isEmpty()) {
                line.onIdle();
                charged = false;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Placement place(Request request) {
        Placement now = placeNow(request);
        if (now != null) {
            return now;
        }
        int cached = cached(request);
        lock.lock();
        Waiter waiter = null;
        try {
            waiter = join(request, cached);
            return await(waiter);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new JynamoException(
                    ErrorCode.CANCELLED, "the request was given up while it waited for a worker", interrupted);
        } finally {
            if (waiter != null && leave(waiter)) {
                outflow.onLeave(now(), !line.isEmpty());
            }
            lock.unlock();
        }
    }

    private Waiter join(Request request, int cached) {
        requireOpen();
        int policyClass = classify(request, cached);
        int tokens = request.promptTokens();
        String refusal = load.refusal(policyClass, tokens, workers.size());
        if (refusal != null) {
            throw JynamoException.retryable(ErrorCode.OVERLOADED, refusal, retryAfter());
        }
        Lane lane = Lane.of(request, policyClass);
        Waiter waiter =
                new Waiter(Entrant.of(request, cached, lane, numbers++, now()), request, cached, lock.newCondition());
        line.add(waiter.entrant);
        waiters.put(waiter.entrant.number(), waiter);
        load.add(policyClass, tokens, cached);
        waiting = line.count();
        try {
            requireReachable(waiter.entrant);
        } catch (JynamoException late) {
            leave(waiter); // it was never in anybody's way
            throw late;
        }
        passTurn();
        return waiter;
    }

    private void requireReachable(Entrant entrant) {
        if (entrant.dueNanos() == Entrant.NEVER_DUE) {
            return;
        }
        int ahead = line.ahead(entrant);
        long expected = outflow.untilFirstToken(ahead);
        if (expected > entrant.dueNanos() - now()) {
            throw JynamoException.retryable(
                    ErrorCode.DEADLINE_UNREACHABLE,
                    "its first token is expected in " + expected / 1_000_000 + " ms, with " + ahead
                            + " requests before it; that is after the "
                            + Math.max(0, entrant.dueNanos() - entrant.arrivedNanos()) / 1_000_000 + " ms it allows",
                    retryAfter());
        }
    }

    /** Waits for the turn and takes it, until the request is placed; with the lock. */
    private Placement await(Waiter waiter) throws InterruptedException {
        while (true) {
            requireOpen();
            if (turn == waiter) {
                Placement placed = tryTurn(waiter);
                if (placed != null) {
                    return placed;
                }
            } else if (now() >= waiter.entrant.dueNanos()) {
                throw JynamoException.retryable(
                        ErrorCode.DEADLINE_UNREACHABLE,
                        "no worker had room for it in the "
                                + (waiter.entrant.dueNanos() - waiter.entrant.arrivedNanos()) / 1_000_000
                                + " ms in which its first token was wanted",
                        retryAfter());
            } else if (!full.contains(waiter.entrant.lane()) || !makeWay(waiter)) {
                long untilDue = waiter.entrant.dueNanos() - now();
                var _ = waiter.news.awaitNanos(Math.min(RECHECK.toNanos(), untilDue));
                recheck();
            }
        }
    }

    /** Asks the inner router, without the lock meanwhile. */
    private @Nullable Placement tryTurn(Waiter waiter) throws InterruptedException {
        waiter.missedRoom = false;
        Placement placed;
        lock.unlock();
        try {
            placed = attempt(waiter);
        } finally {
            lock.lock();
        }
        turn = null;
        if (placed != null) {
            line.onServed(waiter.entrant);
            charged = true;
            Placement admitted = admitted(waiter.request, placed);
            if (closed || Thread.currentThread().isInterrupted()) {
                admitted.booking().release();
                requireOpen();
                throw new InterruptedException("given up");
            }
            return admitted;
        }
        if (!waiter.missedRoom) {
            full.add(waiter.entrant.lane());
        }
        passTurn();
        return null;
    }

    /** The same for one who waits: that no worker can be reached may pass. */
    private @Nullable Placement attempt(Waiter waiter) {
        try {
            Placement placed = attempt(waiter.request, waiter.entrant.lane().policyClass());
            waiter.unreachableNanos = -1;
            return placed;
        } catch (JynamoException refused) {
            if (refused.code() != ErrorCode.NOT_READY || closed) {
                throw refused;
            }
            if (waiter.unreachableNanos < 0) {
                waiter.unreachableNanos = now();
            } else if (now() - waiter.unreachableNanos > UNREACHABLE.toNanos()) {
                throw refused;
            }
            return null;
        }
    }

    /** A placement, or null where every worker is full or busy. */
    private @Nullable Placement attempt(Request request, int policyClass) {
        if (isBusy(request, policyClass)) {
            return null;
        }
        try {
            return inner.place(request);
        } catch (JynamoException refused) {
            if (refused.code() != ErrorCode.OVERLOADED) {
                throw refused;
            }
            return null;
        }
    }

    /** Whether all workers that it may go to are busy, as its class counts. */
    private boolean isBusy(Request request, int policyClass) {
        BusyRule rule = options.classes().all().get(policyClass).busy();
        return !rule.isNever() && inner.isBusy(request, rule);
    }

    /** Gives the turn to the best of the lanes that may find room; with the lock. */
    private void passTurn() {
        if (turn != null) {
            return;
        }
        Entrant next = line.next(lane -> !full.contains(lane));
        Waiter waiter = next == null ? null : waiters.get(next.number());
        if (waiter != null) {
            turn = waiter;
            waiter.news.signal();
        }
    }

    /** It waits no longer, whatever came of it; false where it did not. With the lock. */
    private boolean leave(Waiter waiter) {
        if (waiters.remove(waiter.entrant.number()) == null) {
            return false;
        }
        line.remove(waiter.entrant);
        load.remove(waiter.entrant.lane().policyClass(), waiter.request.promptTokens(), waiter.cachedTokens);
        waiting = line.count();
        if (line.isEmpty(waiter.entrant.lane())) {
            full.remove(waiter.entrant.lane());
        }
        if (turn == waiter) {
            turn = null;
        }
        passTurn();
        return true;
    }

    /** Looks again at all lanes where nobody did for long; with the lock. */
    private void recheck() {
        if (now() - checkedNanos >= RECHECK.toNanos()) {
            checkedNanos = now();
            full.clear();
            passTurn();
        }
    }

    /** Has somebody told to give way to it, without the lock meanwhile; false where nobody was. */
    private boolean makeWay(Waiter waiter) {
        if (waiter.madeWay || waiter.entrant.preemptible() || waiter.unreachableNanos >= 0 || preemptibles.isEmpty()) {
            return false;
        }
        // Who has given way computes its prompt again, which is no help where prompts are what there is too much of.
        Lane lane = waiter.entrant.lane();
        AdmittedBooking least = isBusy(waiter.request, lane.policyClass()) ? null : preemptibles.takeLeast(lane);
        if (least == null) {
            return false;
        }
        waiter.madeWay = true;
        lock.unlock();
        try {
            least.tellToGiveWay();
        } finally {
            lock.lock();
        }
        return true;
    }

    /** The inner router's placement with a booking that makes room when it ends. */
    private Placement admitted(Request request, Placement placed) {
        boolean preemptible = request.claim().preemptible();
        var booking = new AdmittedBooking(this, placed, preemptible, now());
        if (preemptible) {
            lock.lock();
            try {
                preemptibles.add(booking);
            } finally {
                lock.unlock();
            }
        }
        return placed.withBooking(booking);
    }

    /** A request ended, or was taken from its worker. */
    void onEnd(AdmittedBooking booking) {
        if (booking.isPreemptible()) {
            lock.lock();
            try {
                preemptibles.remove(booking);
            } finally {
                lock.unlock();
            }
        }
        onRoom(booking.worker());
    }

    /** A prompt was computed. */
    void onPrefilled(WorkerId worker, long placedNanos) {
        if (waiting > 0) {
            lock.lock();
            try {
                outflow.onFirstToken(now() - placedNanos);
            } finally {
                lock.unlock();
            }
            if (options.classes().all().stream().anyMatch(one -> !one.busy().isNever())) {
                onRoom(worker);
            }
        }
    }

    private void onRoom(WorkerId worker) {
        if (waiting == 0) {
            return;
        }
        lock.lock();
        try {
            Waiter trying = turn;
            if (trying != null) {
                trying.missedRoom = true;
            }
            full.removeIf(lane -> lane.mayUse(worker));
            passTurn();
        } finally {
            lock.unlock();
        }
    }

    private Duration retryAfter() {
        Duration known = outflow.retryAfter(now());
        return known == null ? UNKNOWN_WAIT : known;
    }

    private void requireOpen() {
        if (closed) {
            throw JynamoException.retryable(
                    ErrorCode.NOT_READY, "the router is closed; the server is stopping", UNKNOWN_WAIT);
        }
    }

    private long now() {
        return nanoTime.getAsLong() - beginNanos;
    }

    @Override
    public Queue queue() {
        lock.lock();
        try {
            return load.all();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<String, Queue> queues() {
        lock.lock();
        try {
            return load.byClass();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiters.values().forEach(waiter -> waiter.news.signal());
        } finally {
            lock.unlock();
        }
        super.close();
    }
}
