package io.jynamo.cli.graph.supervision;

import java.time.Duration;

/** One process of a graph and what is to become of it; it is told the time in nanoseconds. Part of {@link GraphCore}. */
final class Replica {
    /** What it does now; {@link ReplicaState} is what others see of it. */
    enum Phase {
        WAITING,
        STARTING,
        READY,
        DRAINING
    }

    final ReplicaId id;
    private final RestartLimits limits;
    private Duration pause;
    private Phase phase = Phase.WAITING;
    private int run;
    private long pid;
    private String address = "";
    private String words = "";
    private int deaths;
    private long since;
    private long readySince;
    private long due;
    private boolean leaving;
    private boolean killed;
    private boolean killAsked;

    Replica(ReplicaId id, RestartLimits limits, long now) {
        this.id = id;
        this.limits = limits;
        this.pause = limits.firstPause();
        this.since = now;
        this.due = now;
    }

    Phase phase() {
        return phase;
    }

    int run() {
        return run;
    }

    long pid() {
        return pid;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** When time alone makes something of it; only for one that waits or drains. */
    long due() {
        return due;
    }

    /** Whether time alone can make something of it. */
    boolean hasDue() {
        return phase == Phase.WAITING || (phase == Phase.DRAINING && !killed);
    }

    boolean isDue(long now) {
        return hasDue() && due - now <= 0;
    }

    GraphEffect start(long now) {
        run++;
        enter(Phase.STARTING, now);
        killed = false;
        killAsked = false;
        return new GraphEffect.Start(id, run);
    }

    void started(long itsPid) {
        pid = itsPid;
    }

    void ready(String itsAddress, long now) {
        if (phase == Phase.STARTING) {
            address = itsAddress;
            readySince = now;
            enter(Phase.READY, now);
        }
    }

    /** Asks it to end within the bound, and to be started again unless it leaves. */
    GraphEffect drain(Duration bound, long now) {
        enter(Phase.DRAINING, now);
        due = now + bound.toNanos();
        return new GraphEffect.Drain(id, run);
    }

    /** It is not to be started again. */
    void leave() {
        leaving = true;
    }

    /** Its bound is over. */
    GraphEffect kill() {
        killed = true;
        return new GraphEffect.Kill(id, run);
    }

    /** Somebody wishes it dead to see it come back: that is no failure of its own. */
    GraphEffect killOnRequest() {
        killAsked = true;
        return new GraphEffect.Kill(id, run);
    }

    /** Its process is gone: when it is due to be started again follows from how it went. */
    void ended(String itsWords, long now) {
        if (phase == Phase.DRAINING) {
            calm();
            due = now;
        } else if (killAsked) {
            due = now + limits.firstPause().toNanos();
        } else {
            if (phase == Phase.READY && now - readySince >= limits.well().toNanos()) {
                calm();
            }
            words = itsWords;
            deaths++;
            due = now + pause.toNanos();
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(limits.longestPause()) > 0 ? limits.longestPause() : doubled;
        }
        pid = 0;
        address = "";
        enter(Phase.WAITING, now);
    }

    /** What is waited for is waited for no longer. */
    void hurry(long now) {
        due = now;
    }

    private void calm() {
        deaths = 0;
        words = "";
        pause = limits.firstPause();
    }

    private void enter(Phase next, long now) {
        phase = next;
        since = now;
    }

    ReplicaStatus status(long now) {
        long seconds = Duration.ofNanos(now - since).toSeconds();
        return new ReplicaStatus(id.toString(), state(), pid, address, seconds, Math.max(0, run - 1), words);
    }

    private ReplicaState state() {
        boolean down = phase == Phase.WAITING || phase == Phase.STARTING;
        if (down && deaths >= limits.failing()) {
            return ReplicaState.FAILING;
        }
        return switch (phase) {
            // Before its first start nothing has died that could be waited for.
            case WAITING -> run == 0 ? ReplicaState.STARTING : ReplicaState.WAITING;
            case STARTING -> ReplicaState.STARTING;
            case READY -> ReplicaState.READY;
            case DRAINING -> ReplicaState.DRAINING;
        };
    }
}
