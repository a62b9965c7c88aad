package io.jynamo.frontend.generate;

import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.router.Placement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A second worker for a run whose only one is slow to bring its first token. Whoever brings it first goes on; the other is
 * cancelled, and nothing of it was told or counted. At most once in a run. Event loop only.
 */
final class Hedge {
    /** How far it is. */
    private enum Stage {
        WAITING,
        ASKING,
        RACING,
        OVER
    }

    private final Run run;
    private final Hedges hedges;
    private Stage stage;
    private @Nullable Leg second;
    private boolean begun;

    Hedge(Run run, Hedges hedges) {
        this.run = run;
        this.hedges = hedges;
        this.stage = hedges.limits().isOff() ? Stage.OVER : Stage.WAITING;
    }

    /** Asks for the second worker if it is time. */
    void onTick(Started now, long startedNanos, long nowNanos) {
        if (stage != Stage.WAITING
                || nowNanos - startedNanos
                        < hedges.afterNanos(now.prepared().model().name())) {
            return;
        }
        boolean sole = now.legs().size() == 1 && now.legs().getFirst().choices() == now.choices().length;
        if (!sole || now.outputTokens() > 0 || run.claim().get().preemptible() || !hedges.tryTake()) {
            stage = Stage.OVER;
            return;
        }
        stage = Stage.ASKING;
        Leg first = now.legs().getFirst();
        hedges.place(
                run, now.prepared(), first.request(), first.placement().worker().id());
    }

    /** The second worker is found, or there is none. */
    void onPlaced(Started now, @Nullable Placement placement) {
        boolean late = stage != Stage.ASKING || now.legs().size() != 1 || run.isEnded();
        stage = Stage.OVER;
        if (placement == null) {
            hedges.giveBack();
        } else if (late) {
            placement.booking().release();
            hedges.giveBack();
        } else {
            race(now, placement);
        }
    }

    private void race(Started now, Placement placement) {
        Leg first = now.legs().getFirst();
        stage = Stage.RACING;
        Leg leg = new Leg(run, first.firstChoice(), again(first.request()), placement, first.tried());
        second = leg;
        now.legs().add(leg);
        run.start(leg);
    }

    private GenerationRequest again(GenerationRequest request) {
        return request.withId(new RequestId(request.id().value() + "-h"))
                .withTimeLimit(run.limit().left());
    }

    /** A worker brought a token: where two were asked, the other is done with. */
    void onToken(Started now, Leg winner, long startedNanos) {
        if (!begun && hedges.limits().learns()) {
            hedges.onFirstToken(now.prepared().model().name(), System.nanoTime() - startedNanos);
        }
        begun = true;
        if (stage == Stage.ASKING) {
            stage = Stage.OVER; // too late for another
        }
        if (stage != Stage.RACING) {
            return;
        }
        stage = Stage.OVER;
        hedges.onWon(winner.equals(second));
        run.timing().worker = winner.placement().worker().id();
        for (Leg loser : List.copyOf(now.legs())) {
            if (!loser.equals(winner)) {
                loser.abandon();
                loser.placement().booking().release();
                now.legs().remove(loser);
            }
        }
    }

    /** A leg is no more; true where another runs for the same output, so that nothing is lost by it. */
    boolean spares(Started now, Leg lost) {
        if (stage != Stage.RACING) {
            return false;
        }
        stage = Stage.OVER;
        now.legs().remove(lost);
        hedges.onWon(!lost.equals(second));
        run.timing().worker = now.legs().getFirst().placement().worker().id();
        return true;
    }
}
