package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Other replicas of one service, as Dynamo's replica synchronisation has them: each tells what it gave to workers, and books what
 * the others tell. What is lost on the way is not told again, so that load may be wrong until its request's time is over; what a
 * replica did before this one listened is not known here.
 */
final class Replicas implements AutoCloseable {
    private static final int MOST_PEERS = 256;

    private final Listener listener;
    private final @Nullable Way way;
    private final long self = identity();
    private final LongAdder told = new LongAdder();
    private final LongAdder applied = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    /** Null before it is opened, and where there is no way. */
    private volatile @Nullable ReplicaMesh mesh;

    /** Takes what others did. */
    @FunctionalInterface
    interface Listener {
        /** Takes an event; false where it is about nothing that is known here. */
        boolean on(ReplicaEvent event);
    }

    /** How the others are reached. */
    record Way(RouterServiceOptions.ReplicaSync sync, String host, ReplicaMesh.Opener opener) {}

    /** @param way null where there are no others */
    Replicas(@Nullable Way way, Listener listener) {
        this.way = way;
        this.listener = listener;
    }

    /**
     * Tells and hears from now on.
     *
     * @throws JynamoException as {@link ReplicaMesh.Opener} says
     */
    void open() {
        if (way != null) {
            ReplicaMesh opened = way.opener()
                    .open(way.host(), way.sync().port(), Set.of(ReplicaWire.LOAD, ReplicaWire.SESSIONS), this::on);
            mesh = opened;
            way.sync().peers().forEach(opened::add);
        }
    }

    private static long identity() {
        long id = new SecureRandom().nextLong();
        return id == 0 ? 1 : id;
    }

    /** Who this process is among them. */
    long self() {
        return self;
    }

    void tell(ReplicaEvent event) {
        ReplicaMesh others = mesh;
        if (others != null) {
            others.tell(ReplicaWire.topic(event), ReplicaWire.bytes(event, self));
            told.increment();
        }
    }

    private void on(String topic, byte[] payload) {
        ReplicaWire.Told heard = ReplicaWire.read(topic, payload);
        if (heard == null) {
            malformed.increment();
        } else if (heard.teller() != self) {
            (listener.on(heard.event()) ? applied : unknown).increment();
        }
    }

    void addTo(RouteTable table) {
        table.post("/replica_sync/register_peer", this::register);
        table.post("/replica_sync/deregister_peer", this::deregister);
        table.get("/replica_sync/peers", call -> peers());
    }

    private Answer register(Call call) {
        String endpoint = call.fields().text("endpoint");
        ReplicaMesh others = require();
        String fault = Endpoints.fault(endpoint);
        if (fault != null) {
            throw new JynamoException(ErrorCode.INVALID_REQUEST, fault);
        }
        if (others.peers().size() >= MOST_PEERS && !others.peers().contains(endpoint)) {
            throw new JynamoException(ErrorCode.OVERLOADED, "at most " + MOST_PEERS + " peers are listened to");
        }
        return ServiceAnswer.ok(others.add(endpoint) ? 201 : 200);
    }

    private Answer deregister(Call call) {
        String endpoint = call.fields().text("endpoint");
        if (!require().remove(endpoint)) {
            throw new JynamoException(ErrorCode.NOT_FOUND, "peer not found");
        }
        return ServiceAnswer.ok(200);
    }

    private ReplicaMesh require() {
        ReplicaMesh others = mesh;
        if (others == null) {
            throw new JynamoException(
                    ErrorCode.CONFLICT, "replica sync is disabled; --replica-sync-port PORT turns it on");
        }
        return others;
    }

    private Answer peers() {
        JsonWriter out = new JsonWriter(128).beginArray();
        ReplicaMesh others = mesh;
        if (others != null) {
            others.peers().forEach(out::value);
        }
        return ServiceAnswer.json(200, out.endArray());
    }

    /** Where others listen to this one; negative where nobody can. */
    int port() {
        ReplicaMesh others = mesh;
        return others == null ? -1 : others.port();
    }

    Figures figures() {
        ReplicaMesh others = mesh;
        return new Figures(
                told.sum(), others == null ? 0 : others.dropped(), applied.sum(), unknown.sum(), malformed.sum());
    }

    /**
     * Events so far.
     *
     * @param told to others, those dropped included
     * @param dropped not sent since too many waited
     * @param applied of others, booked here
     * @param unknown of others, about workers or requests that are not known here
     * @param malformed messages of others that are no events
     */
    record Figures(long told, long dropped, long applied, long unknown, long malformed) {}

    @Override
    public void close() {
        ReplicaMesh others = mesh;
        if (others != null) {
            others.close();
        }
    }
}
