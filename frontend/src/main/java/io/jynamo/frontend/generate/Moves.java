package io.jynamo.frontend.generate;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The choices of a run that have no worker, on their way to one. Event loop only. */
final class Moves {
    /** In which it is known which other workers went with a lost one: those of its process are asked, and do not answer. */
    private static final long NEWS_NANOS = Duration.ofMillis(10).toNanos();

    private final Run run;
    private final RunHost host;
    private final List<Move> moving = new ArrayList<>(0);
    private int begun;

    Moves(Run run, RunHost host) {
        this.run = run;
        this.host = host;
    }

    /**
     * Has workers chosen for what a leg leaves to do.
     *
     * @param tried workers not to ask
     * @param why the leg is given up
     */
    void begin(Started now, Leg leg, List<WorkerId> tried, GenerationEnd.Failure why, long giveUpNanos) {
        int index = leg.firstChoice() / now.prepared().options().choices();
        for (int i = leg.firstChoice(); i < leg.firstChoice() + leg.choices(); i++) {
            now.choices()[i].onMove();
        }
        begun++;
        WorkerId from = leg.placement().worker().id();
        for (Remainder rest : Remainder.of(leg, now.choices(), now.promptTold()[index], begun)) {
            if (!run.isEnded()) {
                add(now, new Move(rest.firstChoice(), rest.request(), tried, from, why, giveUpNanos));
            }
        }
    }

    /** Has a worker chosen: at once, or when news of others that died with the lost one has come. */
    void add(Started now, Move move) {
        moving.add(move);
        if (move.why().code() != ErrorCode.WORKER_LOST) {
            host.place(run, now.prepared(), move);
            return;
        }
        Runnable place = () -> {
            if (!run.isEnded()) {
                host.place(run, now.prepared(), move);
            }
        };
        var _ = run.loop().schedule(place, NEWS_NANOS, TimeUnit.NANOSECONDS);
    }

    /** It has its worker. */
    void onPlaced(Move move) {
        moving.remove(move);
    }

    /** Asks again for those that were refused long enough ago. */
    void placeDue(Started now, long nowNanos) {
        for (Move move : List.copyOf(moving)) {
            if (move.isDue(nowNanos)) {
                host.place(run, now.prepared(), move);
            }
        }
    }
}
