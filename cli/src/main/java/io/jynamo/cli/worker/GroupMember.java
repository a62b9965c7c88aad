package io.jynamo.cli.worker;

import io.jynamo.engine.process.EngineGroup;
import io.jynamo.engine.process.EngineProcess;
import io.jynamo.engine.process.EngineStatus;
import io.jynamo.engine.process.GroupCore;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.Entry;
import io.jynamo.runtime.discovery.Registration;
import io.jynamo.runtime.discovery.StoreState;
import io.jynamo.runtime.discovery.Watch;
import io.jynamo.runtime.discovery.WatchListener;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This process's place in an engine group: tells the others how its engine is, hears of theirs, and starts the engine anew
 * when the group does. What is to be done a {@link GroupCore} says, on one thread; the rest only leaves word.
 */
final class GroupMember implements WatchListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GroupMember.class.getName());
    private static final Duration STORE_LIMIT = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int MOST_EVENTS = 1024;

    /** What others of the group did. */
    private sealed interface Heard {
        record Said(GroupCore.Member member) implements Heard {}

        record Left(int rank) implements Heard {}
    }

    private final Discovery discovery;
    private final EngineGroup group;
    private final String folder;
    private final String process;
    private final GroupCore core;
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>(MOST_EVENTS);
    private final CountDownLatch listed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("engine-group").unstarted(this::run);
    private volatile @Nullable EngineStatus engineStatus;
    private volatile @Nullable EngineProcess engine;
    private volatile EngineGroup.Verdict verdict;
    private @Nullable Watch watch;
    private @Nullable Registration registration;
    private GroupCore.Effect.@Nullable Restart owed;

    private GroupMember(Discovery discovery, String namespace, EngineGroup group) {
        this.discovery = discovery;
        this.group = group;
        this.folder = GroupEntries.folder(namespace, group);
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        this.process = HexFormat.of().formatHex(random);
        this.core = new GroupCore(group, process);
        this.verdict = core.verdict();
    }

    /**
     * Joins the group; its engine is to be started now.
     *
     * @throws JynamoException NOT_READY where the store that the others are announced in does not answer
     */
    static GroupMember join(Discovery discovery, String namespace, EngineGroup group) {
        GroupMember member = new GroupMember(discovery, namespace, group);
        try {
            member.watch = discovery.watch(member.folder, member);
            if (!member.listed.await(STORE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new JynamoException(
                        ErrorCode.NOT_READY,
                        "the store of announcements did not say within " + STORE_LIMIT.toSeconds()
                                + " s who else is in the engine group; is --discovery right?");
            }
            member.hear();
            member.apply(member.core.onBegin());
            member.thread.start();
            return member;
        } catch (InterruptedException stopped) {
            member.close();
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.NOT_READY, "stopped while joining the engine group", stopped);
        } catch (RuntimeException | Error failed) {
            member.close();
            throw failed;
        }
    }

    /** The engine whose status is told from now on is that one, and is started anew when the group says so. */
    void drive(EngineProcess process) {
        engine = process;
    }

    /** The engine is so far. */
    void onEngine(EngineStatus status) {
        engineStatus = status;
    }

    /** Whether every member is ready, all of them together. */
    boolean isReady() {
        return verdict.state() == WorkerState.READY;
    }

    /**
     * Returns once every member is ready.
     *
     * @param own this node's engine
     * @throws JynamoException NOT_READY where that took longer than {@code limit}, WORKER_LOST where its own engine
     *     cannot be had
     */
    void awaitReady(LaunchedEngine own, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (!isReady()) {
                if (own.process().status().state() == WorkerState.GONE) {
                    own.awaitReady(); // says why
                }
                if (System.nanoTime() - end >= 0) {
                    throw new JynamoException(
                            ErrorCode.NOT_READY,
                            "the engine group was not ready within " + limit.toSeconds() + " s: " + verdict.reason());
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.NOT_READY, "stopped while the engine group was loading", stopped);
        }
    }

    @Override
    public void onPut(Entry entry) {
        GroupEntries.read(entry).ifPresent(member -> {
            if (member.rank() == group.rank() && !member.process().equals(process)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "another process says that it is rank {0} of the engine group {1}; each rank is one process's",
                        group.rank(),
                        group.name());
            }
            leave(new Heard.Said(member));
        });
    }

    @Override
    public void onGone(String key) {
        GroupEntries.rank(key).ifPresent(rank -> leave(new Heard.Left(rank)));
    }

    @Override
    public void onStore(StoreState state) {
        if (state instanceof StoreState.Reachable) {
            listed.countDown();
        }
    }

    /** The store tells no more than it can be rid of, and a full box is emptied within a moment. */
    private void leave(Heard news) {
        try {
            heard.put(news);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        EngineStatus seen = null;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Heard news = heard.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (news != null) {
                    apply(on(news));
                }
                EngineStatus now = engineStatus;
                if (now != null && !now.equals(seen)) {
                    seen = now;
                    apply(core.onOwn(now));
                }
                settle();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was told before the group was begun. */
    private void hear() {
        for (Heard news = heard.poll(); news != null; news = heard.poll()) {
            on(news);
        }
    }

    private List<GroupCore.Effect> on(Heard news) {
        return switch (news) {
            case Heard.Said said -> core.onMember(said.member());
            case Heard.Left left -> core.onGone(left.rank());
        };
    }

    private void apply(List<GroupCore.Effect> effects) {
        EngineGroup.Verdict before = verdict;
        verdict = core.verdict();
        if (!verdict.equals(before)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "engine group {0}: {1}{2}",
                    group.name(),
                    verdict.state(),
                    verdict.reason().isEmpty() ? "" : ", " + verdict.reason());
        }
        for (GroupCore.Effect effect : effects) {
            switch (effect) {
                case GroupCore.Effect.Restart restart -> owed = restart;
                case GroupCore.Effect.Announce announce -> announce(announce.own());
            }
        }
        settle();
    }

    /** A restart may be wanted before the engine's process is known here. */
    private void settle() {
        GroupCore.Effect.Restart restart = owed;
        EngineProcess process = engine;
        if (restart != null && process != null) {
            owed = null;
            LOG.log(System.Logger.Level.INFO, "the engine is started anew: {0}", restart.why());
            process.restart(restart.start(), restart.why());
        }
    }

    private void announce(GroupCore.Member own) {
        Entry entry = GroupEntries.entry(folder, own);
        try {
            Registration known = registration;
            if (known == null) {
                registration = discovery.publish(entry);
            } else {
                known.update(entry.value());
            }
        } catch (JynamoException unanswered) {
            if (registration == null) {
                throw unanswered;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the engine group hears of this node when the store answers again: {0}",
                    unanswered.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        Watch watching = watch;
        if (watching != null) {
            watching.close();
        }
        Registration announced = registration;
        if (announced != null) {
            announced.close();
        }
    }
}
