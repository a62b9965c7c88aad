package io.jynamo.cli.serve;

import io.jynamo.cli.frontend.Fleet;
import io.jynamo.cli.settings.EngineKind;
import io.jynamo.frontend.fleet.FleetMember;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.protocol.WorkerId;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** The workers of a process that is a whole fleet, of all its engines. */
final class ServeRoster implements FleetRoster {
    private final Fleet fleet;
    private final String kind;
    private final AtomicLong ids = new AtomicLong();
    private final List<LocalOffers> engines = new CopyOnWriteArrayList<>();

    ServeRoster(Fleet fleet, EngineKind kind) {
        this.fleet = fleet;
        this.kind = kind.name().toLowerCase(Locale.ROOT);
    }

    /** What one more engine offers: so many workers, which load. */
    LocalOffers add(List<String> names, int workers) {
        var offers = new LocalOffers(fleet, kind, () -> new WorkerId(ids.incrementAndGet()));
        offers.announce(names, workers);
        engines.add(offers);
        return offers;
    }

    @Override
    public List<FleetMember> members() {
        return engines.stream().flatMap(offers -> offers.members().stream()).toList();
    }
}
