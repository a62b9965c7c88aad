package io.jynamo.frontend.fleet;

import io.jynamo.frontend.fleet.FleetEvent.Kind;
import io.jynamo.frontend.fleet.MoveLedger.Moves;
import io.jynamo.protocol.WorkerId;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happened in the fleet, made of one {@link FleetSample} after the other: numbers workers in the order in which they
 * were first seen, and says what became of each.
 *
 * <p>That a worker is gone or suspended is held back until the streams it had are with others, so that one sentence says
 * both: at least for {@value #LEAST_HOLD_MILLIS} ms, for a stream may notice before or after this does, and at most for
 * {@value #MOST_HOLD_MILLIS}. That a worker joined is said once it is ready, or has been loading for a while. One that is gone is remembered for a minute. Not safe for several threads.
 */
final class FleetLog {
    /** Events kept. */
    static final int EVENTS = 100;

    private static final long LEAST_HOLD_MILLIS = 200;
    private static final long MOST_HOLD_MILLIS = 5_000;
    private static final long LONG_LOAD_MILLIS = 3_000;
    private static final long REMEMBERED_MILLIS = 60_000;
    private static final int MOST_REMEMBERED = 200;
    private static final double MILLIS = 1e6;
    private static final double SECONDS = 1e9;

    private final Map<WorkerId, Known> workers = new LinkedHashMap<>();
    private final ArrayDeque<FleetEvent> events = new ArrayDeque<>();
    private int numbered;
    private long sequence;
    private long changes;

    /** A worker and how far it is; {@code number} is for people. */
    record Standing(int number, FleetMember member, FleetState state) {}

    private static final class Known {
        private final int number;
        private FleetMember member;
        private FleetState state;
        private final long seenMillis;
        private boolean introduced;
        private long goneMillis;
        private @Nullable Kind held;
        private Moves moves = Moves.NONE;
        private long heldMillis;

        Known(int number, FleetMember member, FleetState state, long seenMillis) {
            this.number = number;
            this.member = member;
            this.state = state;
            this.seenMillis = seenMillis;
        }

        String name() {
            return "worker " + number;
        }

        Standing standing() {
            return new Standing(number, member, state);
        }
    }

    /** Takes what is known now. */
    void on(FleetSample sample) {
        Set<WorkerId> present = new HashSet<>();
        for (FleetMember member : sample.members()) {
            present.add(member.id());
            see(member, FleetState.of(member.state(), sample.suspended().contains(member.id())), sample.timeMillis());
        }
        for (Known known : workers.values()) {
            WorkerId id = known.member.id();
            if (!present.contains(id)) {
                boolean serves =
                        known.state != FleetState.GONE && sample.streams().containsKey(id);
                become(known, serves ? FleetState.DRAINING : FleetState.GONE, sample.timeMillis());
            }
        }
        sample.moves().forEach((from, moves) -> onMoves(from, moves, sample.timeMillis()));
        for (Known known : workers.values()) {
            release(known, sample.timeMillis());
            if (known.state == FleetState.LOADING && sample.timeMillis() - known.seenMillis >= LONG_LOAD_MILLIS) {
                introduce(known, sample.timeMillis());
            }
        }
        forget(sample.timeMillis());
    }

    /** Somebody asked for something to be done to a worker. */
    void onControl(WorkerId worker, String what, long timeMillis) {
        Known known = workers.get(worker);
        add(
                Kind.CONTROL,
                what + " of " + (known == null ? "worker " + worker : known.name()) + " asked for",
                timeMillis);
    }

    /** The workers, by number. */
    List<Standing> standings() {
        return workers.values().stream().map(Known::standing).toList();
    }

    /** The last events, oldest first. */
    List<FleetEvent> events() {
        return List.copyOf(events);
    }

    /** Grows with each event and each change of a worker. */
    long changes() {
        return changes;
    }

    private void see(FleetMember member, FleetState state, long timeMillis) {
        Known known = workers.get(member.id());
        if (known != null) {
            known.member = member;
            become(known, state, timeMillis);
        } else if (state != FleetState.GONE) {
            Known joined = new Known(++numbered, member, state, timeMillis);
            workers.put(member.id(), joined);
            changes++;
            if (state != FleetState.LOADING) {
                introduce(joined, timeMillis);
            }
        }
    }

    private void introduce(Known known, long timeMillis) {
        if (!known.introduced) {
            known.introduced = true;
            String how = known.state == FleetState.LOADING ? " joined, loading" : " joined";
            add(Kind.JOINED, known.name() + how, timeMillis);
        }
    }

    private void become(Known known, FleetState next, long timeMillis) {
        FleetState before = known.state;
        if (next == before) {
            return;
        }
        known.state = next;
        changes++;
        switch (next) {
            case LOADING -> {
                say(known, timeMillis);
                add(Kind.BACK, known.name() + " loads again", timeMillis);
            }
            case READY -> {
                say(known, timeMillis);
                switch (before) {
                    case SUSPENDED -> add(Kind.BACK, known.name() + " answers again", timeMillis);
                    case GONE, DRAINING -> add(Kind.BACK, known.name() + " is back", timeMillis);
                    case LOADING, READY -> {
                        if (known.introduced) {
                            add(Kind.READY, known.name() + " is ready", timeMillis);
                        }
                        introduce(known, timeMillis);
                    }
                }
            }
            case DRAINING -> add(Kind.DRAINING, known.name() + " draining", timeMillis);
            case SUSPENDED -> hold(known, Kind.SUSPENDED, timeMillis);
            case GONE -> {
                known.goneMillis = timeMillis;
                hold(known, Kind.GONE, timeMillis);
            }
        }
    }

    private static void hold(Known known, Kind what, long timeMillis) {
        if (known.held == null && known.moves.isEmpty()) {
            known.heldMillis = timeMillis;
        }
        known.held = what;
    }

    private void onMoves(WorkerId from, Moves moves, long timeMillis) {
        Known known = workers.get(from);
        if (known == null) {
            return;
        }
        if (known.held == null && known.moves.isEmpty()) {
            known.heldMillis = timeMillis;
        }
        known.moves = known.moves.plus(moves);
    }

    /** Says what was held back, once it is time. */
    private void release(Known known, long timeMillis) {
        long held = timeMillis - known.heldMillis;
        boolean settled = known.moves.looking() == 0 && held >= LEAST_HOLD_MILLIS;
        if (settled || held >= MOST_HOLD_MILLIS) {
            say(known, timeMillis);
        }
    }

    private void say(Known known, long timeMillis) {
        Moves moves = known.moves;
        Kind held = known.held;
        known.held = null;
        known.moves = Moves.NONE;
        if (held != null) {
            String what = held == Kind.GONE ? " gone" : " suspended";
            add(held, known.name() + what + (moves.isEmpty() ? "" : ", " + describe(moves)), timeMillis);
        } else if (!moves.isEmpty()) {
            add(Kind.MOVED, known.name() + " lost streams: " + describe(moves), timeMillis);
        }
    }

    private static String describe(Moves moves) {
        StringBuilder text = new StringBuilder();
        if (moves.moved() > 0) {
            text.append(streams(moves.moved())).append(" moved in ").append(time(moves.slowestNanos()));
        }
        if (moves.looking() > 0) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(streams(moves.looking()))
                    .append(" without a worker still");
        }
        if (moves.ended() > 0) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(streams(moves.ended()))
                    .append(" ended before finding one");
        }
        return text.toString();
    }

    private static String streams(int count) {
        return count == 1 ? "1 stream" : count + " streams";
    }

    private static String time(long nanos) {
        double seconds = nanos / SECONDS;
        return seconds < 0.1
                ? Math.max(1, Math.round(nanos / MILLIS)) + " ms"
                : String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private void add(Kind kind, String text, long timeMillis) {
        changes++;
        events.addLast(new FleetEvent(++sequence, timeMillis, kind, text));
        if (events.size() > EVENTS) {
            events.removeFirst();
        }
    }

    private void forget(long timeMillis) {
        long gone = workers.values().stream()
                .filter(known -> known.state == FleetState.GONE)
                .count();
        for (Iterator<Known> each = workers.values().iterator(); each.hasNext(); ) {
            Known known = each.next();
            if (known.state == FleetState.GONE
                    && known.held == null
                    && (gone > MOST_REMEMBERED || timeMillis - known.goneMillis > REMEMBERED_MILLIS)) {
                each.remove();
                gone--;
                changes++;
            }
        }
    }
}
