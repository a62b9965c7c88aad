package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.conformance.ObservedStream.Ending;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** One kind of fault struck again and again while clients stream, and the account of it. */
final class FaultRun implements AutoCloseable {
    static final int CLIENTS = 64;
    private static final int UNDISTURBED_STREAMS = 500;
    private static final String MIGRATIONS = "dynamo_frontend_model_migration_total";
    private static final String IN_STREAM = "migration_type=\"ongoing_request\"";

    private final FleetProcess frontend;
    private final Undisturbed reference;
    private final double movedBefore;
    private final ClosedLoop loop;
    private final List<Long> faults = new ArrayList<>();

    private FaultRun(FleetProcess frontend, Undisturbed reference, Supplier<URI> door) {
        this.frontend = frontend;
        this.reference = reference;
        this.movedBefore = moved(frontend);
        this.loop = new ClosedLoop(CLIENTS, door);
    }

    /** Learns what the answers are undisturbed, then begins the load. */
    static FaultRun begin(FleetProcess frontend) {
        return begin(frontend, () -> frontend.at("/"));
    }

    /** @param door whom clients ask, the frontend at first */
    static FaultRun begin(FleetProcess frontend, Supplier<URI> door) {
        var reference = Undisturbed.learn(frontend.at("/"), CLIENTS, UNDISTURBED_STREAMS);
        return new FaultRun(frontend, reference, door);
    }

    /** Does something bad now. */
    void strike(Runnable fault) {
        faults.add(System.nanoTime());
        fault.run();
    }

    void awaitMore(int streams) {
        loop.awaitMore(streams);
    }

    void awaitTime(Duration time) {
        loop.awaitTime(time);
    }

    int ended() {
        return loop.ended();
    }

    /** Ends the load and adds its figures to the report; every stream must have been what it is undisturbed. */
    FaultCase end(String name) {
        FaultCase account = end(name, Set.of());
        assertThat(account.moved()).as("streams that moved").isPositive();
        return account;
    }

    /** @param expected endings that clients of this case may see besides */
    FaultCase end(String name, Set<Ending> expected) {
        List<ObservedStream> streams = loop.stop();
        int moved = (int) (moved(frontend) - movedBefore);
        FaultCase account = FaultCase.of(name, reference, streams, List.copyOf(faults), moved);
        FaultReport.add(account);
        assertThat(account.hurt(expected))
                .as("streams that were not as undisturbed: %s, such as %s", account.kinds(), account.examples())
                .isZero();
        return account;
    }

    private static double moved(FleetProcess frontend) {
        return frontend.isAlive() ? Metrics.sum(frontend.at("/metrics"), MIGRATIONS, IN_STREAM) : 0;
    }

    @Override
    public void close() {
        loop.close();
    }
}
