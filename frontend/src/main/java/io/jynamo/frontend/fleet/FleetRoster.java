package io.jynamo.frontend.fleet;

import java.util.List;

/** Who is in the fleet, loading and unreachable workers included. */
@FunctionalInterface
public interface FleetRoster {
    /** Nobody but those whom the routers know. */
    FleetRoster NONE = List::of;

    /** The members as they are now; must not block. */
    List<FleetMember> members();
}
