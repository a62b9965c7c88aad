package io.jynamo.engine.simulated;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.Engine;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * An engine whose KV events get lost on the way, as a fault for tests: ids go on rising, so whoever listens sees the gap
 * with the next event and subscribes anew. A snapshot comes whole: what it lacked, nobody could notice.
 */
public final class LossyEvents implements Engine {
    private static final System.Logger LOG = System.getLogger(LossyEvents.class.getName());

    private final Engine engine;
    private final double share;
    private final SplittableRandom seeds;

    /**
     * @param share of events that are lost, 0 to 1
     * @param seed of which ones
     */
    public LossyEvents(Engine engine, double share, long seed) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of lost events must be 0 to 1: " + share);
        }
        this.engine = engine;
        this.share = share;
        this.seeds = new SplittableRandom(seed);
    }

    /** One subscription; told by one thread. */
    private final class Lossy implements Consumer<KvEvent> {
        private final Consumer<KvEvent> listener;
        private final SplittableRandom random;
        private boolean begun;
        private boolean lossy;
        private long snapshotId;

        Lossy(Consumer<KvEvent> listener, SplittableRandom random) {
            this.listener = listener;
            this.random = random;
        }

        @Override
        public void accept(KvEvent event) {
            if (!begun) {
                begun = true;
                snapshotId = event.id();
            }
            if (event.id() == snapshotId || random.nextDouble() >= share) {
                listener.accept(event);
            } else if (!lossy) {
                lossy = true; // told once: whoever sees the gap comes back with another subscription
                LOG.log(System.Logger.Level.INFO, "KV event " + event.id() + " of worker " + id() + " gets lost");
            }
        }
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        SplittableRandom own;
        synchronized (seeds) {
            own = seeds.split();
        }
        return engine.subscribe(new Lossy(listener, own));
    }

    @Override
    public WorkerId id() {
        return engine.id();
    }

    @Override
    public ModelCard card() {
        return engine.card();
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        return engine.start(request, sink);
    }

    @Override
    public WorkerLoad load() {
        return engine.load();
    }

    @Override
    public OthersLoad othersLoad() {
        return engine.othersLoad();
    }

    @Override
    public WorkerState state() {
        return engine.state();
    }

    @Override
    public Set<String> taints() {
        return engine.taints();
    }

    @Override
    public Set<String> adapters() {
        return engine.adapters();
    }

    @Override
    public Optional<BlockSpace> blocks() {
        return engine.blocks();
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        return engine.drain(limit);
    }

    @Override
    public void close() {
        engine.close();
    }
}
