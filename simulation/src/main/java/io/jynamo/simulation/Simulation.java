package io.jynamo.simulation;

import io.jynamo.protocol.WorkerId;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RouterStatus;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.simulation.clock.EventQueue;
import io.jynamo.simulation.fleet.SimulatedWorker;
import io.jynamo.simulation.workload.Session;
import io.jynamo.simulation.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * One run: a workload on a fleet behind the production router. One thread, virtual time, and no chance but the seed's.
 *
 * <p>After every event it is checked that nothing was lost: every request that came is with one worker or has ended, no
 * worker holds more blocks than it has or stands still with work, and the time has not gone back; and every so often, and
 * at the end, that the router's books and every pool add up. What does not hold stops the run with the event's number.
 */
public final class Simulation {
    private static final int MAX_REQUESTS = 1 << 20;
    private static final long INDEX_BYTES = 512L << 20;
    private static final int CHECK_ALL_EVERY = 1 << 14;

    private final EventQueue queue;
    private final PolicyRouter router;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final Clients clients;
    private final Workload workload;
    private final String policy;
    private final int checkAllEvery;

    private Simulation(Fleet fleet, Workload workload, Contender contender, long seed, Checks checks) {
        this.workload = workload;
        policy = contender.name();
        checkAllEvery = checks == Checks.ALWAYS_ALL ? 1 : CHECK_ALL_EVERY;
        SplittableRandom random = new SplittableRandom(seed);
        queue = new EventQueue(random.split());
        RouterOptions options = new RouterOptions(
                RoutingPolicy.PREFIX_AFFINITY,
                fleet.worker().engine().blockTokens(),
                INDEX_BYTES,
                MAX_REQUESTS,
                Duration.ofSeconds(1));
        router = PolicyRouter.withoutThreads(options, contender.policy().apply(random.split()), queue);
        for (int i = 0; i < fleet.workers(); i++) {
            SimulatedWorker worker = new SimulatedWorker(new WorkerId(i + 1L), fleet.worker(), queue);
            workers.add(worker);
            router.add(worker);
        }
        clients = new Clients(queue, router, workload.requests());
    }

    /** How much is checked after every event. */
    public enum Checks {
        /** What takes no longer the larger a pool is; all of it now and then. */
        CHEAP,
        /** All of it. */
        ALWAYS_ALL
    }

    /**
     * Runs it to the end.
     *
     * @param progress told, now and then, how many requests have ended
     * @throws IllegalStateException where something does not hold that must
     */
    public static Run run(
            Fleet fleet, Workload workload, Contender contender, long seed, Checks checks, IntConsumer progress) {
        return new Simulation(fleet, workload, contender, seed, checks).toTheEnd(progress);
    }

    private Run toTheEnd(IntConsumer progress) {
        try (router) {
            for (Session session : workload.sessions()) {
                clients.begin(session);
            }
            int told = 0;
            while (queue.runNext()) {
                check(queue.ran() % checkAllEvery == 0);
                if (clients.ended() - told >= 100) {
                    told = clients.ended();
                    progress.accept(told);
                }
            }
            check(true);
            requireAllEnded();
            progress.accept(clients.ended());
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "event " + queue.ran() + " of " + workload.name() + " under " + policy + ", at " + queue.getAsLong()
                            + " ns: " + e.getMessage(),
                    e);
        }
        List<Outcome> outcomes = clients.outcomes();
        long nanos = queue.getAsLong() - outcomes.getFirst().arrivalNanos();
        List<Long> busy = workers.stream().map(SimulatedWorker::busyNanos).toList();
        return new Run(workload.name(), policy, outcomes, busy, nanos, queue.ran());
    }

    private void check(boolean all) {
        int atWorkers = 0;
        for (SimulatedWorker worker : workers) {
            worker.check(all);
            atWorkers += worker.requests();
        }
        require(
                atWorkers == clients.open(),
                "clients wait for " + clients.open() + " requests, workers have " + atWorkers);
        if (all) {
            int booked = router.status().workers().stream()
                    .mapToInt(RouterStatus.WorkerStatus::requests)
                    .sum();
            require(booked == clients.open(), "the router has booked " + booked + " requests of " + clients.open());
        }
    }

    private void requireAllEnded() {
        require(clients.ended() == workload.requests(), clients.ended() + " requests ended of " + workload.requests());
        for (RouterStatus.WorkerStatus worker : router.status().workers()) {
            require(
                    worker.requests() == 0 && worker.prefillTokens() == 0 && worker.blocks() == 0,
                    "something is still booked: " + worker);
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }
}
