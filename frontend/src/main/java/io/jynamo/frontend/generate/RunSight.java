package io.jynamo.frontend.generate;

import io.jynamo.frontend.fleet.StreamSight;
import io.jynamo.frontend.media.MediaBudget;
import io.jynamo.frontend.metrics.RequestMeter;
import io.jynamo.protocol.WorkerId;
import org.jspecify.annotations.Nullable;

/**
 * What those who watch the fleet may know of a run. Written when it is launched and when it moves, read whenever somebody
 * looks; a token costs it nothing, for the run's meter counts them anyway.
 */
final class RunSight {
    private final Run run;
    private final long arrivedNanos;
    private volatile @Nullable Launched launched;
    private volatile @Nullable RequestMeter meter;
    private volatile int moves;
    private volatile @Nullable WorkerId movedFrom;

    private MediaBudget.@Nullable Lease lease;
    private boolean over;

    private record Launched(String id, String model) {}

    RunSight(Run run, long arrivedNanos) {
        this.run = run;
        this.arrivedNanos = arrivedNanos;
    }

    /** Keeps a lease until the run ends; closes it at once where it has. */
    synchronized void hold(MediaBudget.Lease its) {
        lease = its;
        if (over) {
            its.close();
        }
    }

    /** The run is over. */
    synchronized void onEnd() {
        over = true;
        if (lease != null) {
            lease.close();
        }
    }

    void onMeter(RequestMeter with) {
        meter = with;
    }

    /** Its prompts are prepared; a worker is looked for. */
    void onLaunch(String id, String model) {
        launched = new Launched(id, model);
    }

    /** It goes on with another worker. */
    synchronized void onMoved(WorkerId from) {
        movedFrom = from;
        moves++;
    }

    /**
     * The run as it is now, or null before it is launched.
     *
     * @param looking it is without a worker now
     */
    @Nullable
    StreamSight look(boolean looking) {
        Launched known = launched;
        if (known == null) {
            return null;
        }
        RequestMeter counting = meter;
        return new StreamSight(
                known.id(),
                known.model(),
                looking ? null : run.timing().worker,
                counting == null ? 0 : counting.outputTokens(),
                arrivedNanos,
                moves,
                movedFrom);
    }
}
