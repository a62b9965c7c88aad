package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** What this process announces in etcd, under one lease: keeps it, and where it is lost, takes another and announces all anew. */
final class EtcdOwner {
    private static final System.Logger LOG = System.getLogger(EtcdOwner.class.getName());
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final long NONE = 0;

    /** One entry of ours; used by the loop's thread alone but for the key. */
    private static final class Holding {
        final String key;
        Entry entry;
        /** The store may have another value, or none. */
        boolean due = true;

        boolean takenOver;

        Holding(Entry entry) {
            this.key = entry.key();
            this.entry = entry;
        }
    }

    private final EtcdConnection connection;
    private final EtcdOptions options;
    private final Runnable onSilence;
    private final SerialLoop loop;
    private final Duration beat;
    private final Backoff backoff;
    private final Map<String, Holding> holdings = new ConcurrentHashMap<>();
    private volatile boolean closed;

    // The loop's own.
    private long lease = NONE;
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();

    EtcdOwner(EtcdConnection connection, EtcdOptions options, Runnable onSilence) {
        this.connection = connection;
        this.options = options;
        this.onSilence = onSilence;
        beat = options.ttl().dividedBy(3);
        backoff = new Backoff(FIRST_WAIT, beat, RandomGenerator.getDefault());
        loop = new SerialLoop("discovery-lease", options.address());
        loop.later(this::beat, beat);
    }

    Registration publish(Entry entry) {
        if (closed) {
            throw Refusals.closed();
        }
        var holding = new Holding(entry);
        if (holdings.putIfAbsent(entry.key(), holding) != null) {
            throw Refusals.twice(entry.key());
        }
        try {
            insist(() -> announce(holding));
        } catch (RuntimeException e) {
            holdings.remove(entry.key(), holding);
            loop.later(() -> withdraw(holding.key), Duration.ZERO); // it may have arrived all the same
            throw e;
        }
        return new Registration() {
            @Override
            public void update(byte[] value) {
                EtcdOwner.this.update(holding, new Entry(holding.key, value));
            }

            @Override
            public void close() {
                EtcdOwner.this.close(holding);
            }
        };
    }

    /** Tries until it is done or patience is at its end, and lets the lease be kept between tries. */
    private void insist(Runnable step) {
        long deadline = System.nanoTime() + options.patience().toNanos();
        var between = new Backoff(FIRST_WAIT, Duration.ofSeconds(1), RandomGenerator.getDefault());
        Optional<StoreFailure> last = Optional.empty();
        while (true) {
            try {
                loop.run(step, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
                return;
            } catch (StoreFailure e) {
                last = Optional.of(e);
                Duration wait = between.next();
                boolean interrupted = Thread.currentThread().isInterrupted();
                if (closed || interrupted || deadline - System.nanoTime() < wait.toNanos()) {
                    throw Refusals.unreachable(options.address(), e.reason(), e);
                }
                LockSupport.parkNanos(wait.toNanos());
            } catch (JynamoException e) {
                // A last try that had no time for its answer does not know what is wrong; the one before does.
                if (e.code() == ErrorCode.DISCOVERY_UNREACHABLE && last.isPresent()) {
                    throw Refusals.unreachable(options.address(), last.get().reason(), last.get());
                }
                throw e;
            }
        }
    }

    /** Takes the key, whoever had it. */
    private void announce(Holding holding) {
        if (closed) {
            throw Refusals.closed();
        }
        if (lease == NONE) {
            lease = connection.grant();
        }
        try {
            connection.put(holding.entry, lease);
        } catch (StoreFailure e) {
            renewOr(e);
            connection.put(holding.entry, lease);
        }
        withdrawn.remove(holding.key);
        holding.due = false;
    }

    private void update(Holding holding, Entry next) {
        loop.run(
                () -> {
                    holding.entry = next;
                    holding.due = true;
                },
                options.patience());
        insist(() -> {
            if (holdings.get(holding.key) == holding && holding.due && lease != NONE) {
                try {
                    restore(holding);
                } catch (StoreFailure e) {
                    renewOr(e);
                }
            }
        });
    }

    private void close(Holding holding) {
        if (holdings.remove(holding.key, holding)) {
            try {
                loop.run(() -> withdraw(holding.key), CLOSING);
            } catch (JynamoException e) {
                LOG.log(System.Logger.Level.WARNING, "{0} is withdrawn later: {1}", holding.key, e.getMessage());
            }
        }
    }

    /** Whatever fails is tried again with the next heartbeat. */
    private void withdraw(String key) {
        if (lease == NONE || holdings.containsKey(key)) {
            return;
        }
        withdrawn.add(key);
        try {
            Optional<EtcdConnection.Held> held = connection.holder(key);
            if (held.isEmpty() || held.get().lease() != lease || connection.deleteIfStill(held.get(), key)) {
                withdrawn.remove(key);
            }
        } catch (StoreFailure e) {
            LOG.log(System.Logger.Level.WARNING, "{0} is withdrawn later: {1}", key, e.getMessage());
        }
    }

    private void beat() {
        Duration next = backoff.next();
        try {
            if (lease == NONE && holdings.isEmpty()) {
                connection.ping();
            } else if (lease == NONE || !connection.keepAlive(lease)) {
                renew();
            }
            if (lease != NONE) {
                tend();
            }
            backoff.reset();
            next = beat;
        } catch (StoreFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", options.address(), e.reason());
            onSilence.run();
        } finally {
            loop.later(this::beat, next);
        }
    }

    private void renewOr(StoreFailure failure) {
        if (!failure.leaseLost()) {
            throw failure;
        }
        renew();
    }

    private void renew() {
        if (lease != NONE) {
            LOG.log(System.Logger.Level.WARNING, "the lease in {0} is over; all is announced anew", options.address());
        }
        lease = NONE; // and with it went everything under it
        withdrawn.clear();
        lease = connection.grant();
        tend();
    }

    /** Puts back what is not there as it should be. */
    private void tend() {
        Set<String> there = connection.keysOf(lease);
        for (Holding holding : holdings.values()) {
            if (holding.due || !there.contains(holding.key)) {
                restore(holding);
            }
        }
        for (String key : withdrawn) {
            withdraw(key);
        }
    }

    /** Writes the entry where the key is ours or nobody's. */
    private void restore(Holding holding) {
        boolean others;
        Optional<EtcdConnection.Held> held;
        do {
            held = connection.holder(holding.key);
            others = held.isPresent() && held.get().lease() != lease;
        } while (!others && !connection.putIfStill(held, holding.entry, lease));
        holding.due = false;
        if (others && !holding.takenOver) {
            LOG.log(System.Logger.Level.WARNING, "another process has taken over {0}", holding.key);
        }
        holding.takenOver = others;
    }

    /** The lease takes everything with it, in one go. */
    void close() {
        closed = true;
        holdings.clear();
        try {
            loop.run(
                    () -> {
                        if (lease != NONE) {
                            connection.revoke(lease);
                            lease = NONE;
                        }
                    },
                    CLOSING);
        } catch (StoreFailure | JynamoException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what is in {0} goes when its lease is over: {1}",
                    options.address(),
                    e.getMessage());
        }
        loop.close(CLOSING);
    }
}
