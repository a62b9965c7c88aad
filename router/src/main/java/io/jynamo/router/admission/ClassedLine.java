package io.jynamo.router.admission;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A line for each class of those who wait, and whose turn it is. Pure; not for several threads at once.
 *
 * <p>How it works. Within a class {@link WaitingLine} has the order, priorities and tenants included; between classes
 * {@link DeficitRounds} has it, and a request costs what is to be computed of its prompt. A class none of whose lanes is open
 * is passed over and gets nothing.
 */
final class ClassedLine {
    private final List<WaitingLine> lines;
    private final DeficitRounds rounds;

    /** Whose turn it is by the last answer. */
    private @Nullable Entrant asked;

    /** Empty lines; {@code weights} of tenants, others weigh 1. */
    ClassedLine(List<PolicyClass> classes, Map<String, Double> weights) {
        this.lines = classes.stream()
                .map(one -> new WaitingLine(one.policy(), weights))
                .toList();
        this.rounds =
                new DeficitRounds(classes.stream().map(PolicyClass::quantum).toList());
    }

    int count() {
        return lines.stream().mapToInt(WaitingLine::count).sum();
    }

    boolean isEmpty() {
        return lines.stream().allMatch(WaitingLine::isEmpty);
    }

    /** Whether nobody waits in a lane. */
    boolean isEmpty(Lane lane) {
        return of(lane).isEmpty(lane);
    }

    void add(Entrant entrant) {
        of(entrant.lane()).add(entrant);
    }

    /** It waits no longer, and was not served; nothing where it does not wait. */
    void remove(Entrant entrant) {
        WaitingLine line = of(entrant.lane());
        line.remove(entrant);
        if (line.isEmpty()) {
            rounds.onEmpty(entrant.lane().policyClass());
        }
    }

    /** Who was next waits no longer, for it was served: its tenant and its class pay. */
    void onServed(Entrant entrant) {
        if (asked == null || asked.number() != entrant.number()) {
            throw new IllegalStateException("number " + entrant.number() + " was served out of turn");
        }
        asked = null;
        WaitingLine line = of(entrant.lane());
        line.onServed(entrant);
        rounds.onServed(entrant.lane().policyClass(), entrant.turnCost());
        if (line.isEmpty()) {
            rounds.onEmpty(entrant.lane().policyClass());
        }
    }

    /** Somebody was served who need not wait: whoever got much before owes nothing any more. */
    void onIdle() {
        lines.forEach(WaitingLine::onIdle);
    }

    /** Who goes next, of the lanes that are open; null where nobody waits in one. */
    @Nullable
    Entrant next(Predicate<Lane> open) {
        Entrant[] heads = new Entrant[lines.size()];
        long[] costs = new long[heads.length];
        for (int i = 0; i < heads.length; i++) {
            Entrant head = lines.get(i).next(open);
            heads[i] = head;
            costs[i] = head == null ? DeficitRounds.NOBODY : head.turnCost();
        }
        int turn = rounds.next(costs);
        asked = turn < 0 ? null : heads[turn];
        return asked;
    }

    /** How many of its lane go before it, as far as can be seen now; those of other classes are not counted. */
    int ahead(Entrant entrant) {
        return of(entrant.lane()).ahead(entrant);
    }

    private WaitingLine of(Lane lane) {
        return lines.get(lane.policyClass());
    }
}
