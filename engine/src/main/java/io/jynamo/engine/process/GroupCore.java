package io.jynamo.engine.process;

import io.jynamo.protocol.WorkerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One node's view of an engine group: what the others said of themselves, and what has to be done. Pure.
 *
 * <p><b>How it works.</b> Engines of a group meet each other once, while they start; one that lost another waits for it in
 * vain. So the group lives in epochs, counted up: whoever sees a member fall, itself included, goes to the next one, whoever
 * hears of a later one goes there, and an engine that was started in an earlier one is started anew. All who saw the same
 * fall arrive at the same number, so that nobody is started twice for it. The group is ready when every member is, in one
 * epoch.
 *
 * <table>
 * <caption>what happens</caption>
 * <tr><th>event</th><th>epoch</th><th>own engine</th></tr>
 * <tr><td>own engine dies</td><td>the next</td><td>is started again by its supervisor, for the new epoch</td></tr>
 * <tr><td>a member of this epoch falls, goes, or is another process</td><td>the next</td><td>is started anew</td></tr>
 * <tr><td>a member says a later epoch</td><td>that one</td><td>is started anew</td></tr>
 * <tr><td>a member says an earlier epoch</td><td>stays</td><td>stays; that member is waited for</td></tr>
 * </table>
 */
public final class GroupCore {
    /**
     * What a member says of itself.
     *
     * @param process names its process; another one is another member
     */
    public record Member(int rank, String process, int epoch, WorkerState state) {}

    /** What has to be done. */
    public sealed interface Effect {
        /**
         * The engine is to be started anew.
         *
         * @param start the one that is meant, by {@link EngineStatus#starts}
         */
        record Restart(int start, String why) implements Effect {}

        /** The others are to be told this. */
        record Announce(Member own) implements Effect {}
    }

    private final EngineGroup group;
    private final String process;
    private final Map<Integer, Member> others = new TreeMap<>();
    private EngineStatus own = new EngineStatus(WorkerState.LOADING, "not started yet", 0, 0);
    private int epoch = 1;
    /** The start of our engine that belongs to this epoch; may be still to come. */
    private int start = 1;

    private boolean begun;
    private @Nullable Member announced;

    /** @param process names this process, differently each time it is started */
    public GroupCore(EngineGroup group, String process) {
        this.group = group;
        this.process = process;
    }

    /** Begins, with what the others have said so far: the engine is to be started now. */
    public List<Effect> onBegin() {
        begun = true;
        others.values().forEach(other -> epoch = Math.max(epoch, other.epoch));
        return settle(new ArrayList<>());
    }

    /** A member said something; our own words come back too and are none of another's. */
    public List<Effect> onMember(Member told) {
        if (told.rank == group.rank() || told.rank < 0 || told.rank >= group.nodes()) {
            return List.of();
        }
        Member before = others.put(told.rank, told);
        List<Effect> effects = new ArrayList<>();
        boolean replaced = before != null
                && !before.process.equals(told.process)
                && before.epoch == epoch
                && before.state != WorkerState.GONE
                && told.epoch <= epoch;
        if (begun && replaced) {
            begin(epoch + 1, "rank " + told.rank + " is another process", effects);
        }
        return settle(effects);
    }

    /** A member's announcement is gone, and with it the member. */
    public List<Effect> onGone(int rank) {
        Member last = others.get(rank);
        if (last == null) {
            return List.of();
        }
        others.put(rank, new Member(rank, last.process, last.epoch, WorkerState.GONE));
        return settle(new ArrayList<>());
    }

    /** Our engine is so far. */
    public List<Effect> onOwn(EngineStatus status) {
        own = status;
        if (status.starts() > start) { // it died while it loaded and was started again
            start = status.starts();
            epoch++;
        } else if (status.starts() == start && status.state() == WorkerState.UNREACHABLE) {
            start++;
            epoch++;
        }
        return settle(new ArrayList<>());
    }

    /** What the group is. */
    public EngineGroup.Verdict verdict() {
        List<WorkerState> states = new ArrayList<>();
        for (int rank = 0; rank < group.nodes(); rank++) {
            Member other = others.get(rank);
            states.add(
                    rank == group.rank()
                            ? ownState()
                            : other == null || other.epoch != epoch ? WorkerState.LOADING : other.state);
        }
        return group.verdict(states);
    }

    private WorkerState ownState() {
        return own.starts() < start && own.state() != WorkerState.GONE ? WorkerState.LOADING : own.state();
    }

    private List<Effect> settle(List<Effect> effects) {
        if (!begun) {
            return effects;
        }
        for (Member other : others.values()) {
            if (other.epoch > epoch) {
                begin(other.epoch, "rank " + other.rank + " began anew", effects);
            }
        }
        EngineGroup.Verdict verdict = verdict();
        if (verdict.restartAll() && own.state() != WorkerState.GONE) {
            begin(epoch + 1, verdict.reason(), effects);
        }
        Member now = new Member(group.rank(), process, epoch, ownState());
        if (!now.equals(announced)) {
            announced = now;
            effects.add(new Effect.Announce(now));
        }
        return effects;
    }

    private void begin(int next, String why, List<Effect> effects) {
        epoch = next;
        if (own.starts() >= start) {
            effects.add(new Effect.Restart(own.starts(), why));
            start = own.starts() + 1;
        }
    }
}
