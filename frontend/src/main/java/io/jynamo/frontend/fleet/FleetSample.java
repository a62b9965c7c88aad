package io.jynamo.frontend.fleet;

import io.jynamo.protocol.WorkerId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of the fleet at one moment.
 *
 * @param suspended workers that the routers do not choose until a probe succeeds
 * @param streams in flight, by the worker that serves them
 * @param moves since the sample before, by the worker that was lost
 * @param timeMillis Unix time
 */
record FleetSample(
        List<FleetMember> members,
        Set<WorkerId> suspended,
        Map<WorkerId, Integer> streams,
        Map<WorkerId, MoveLedger.Moves> moves,
        long timeMillis) {
    FleetSample {
        members = List.copyOf(members);
        suspended = Set.copyOf(suspended);
        streams = Map.copyOf(streams);
        moves = Map.copyOf(moves);
    }
}
