package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.oneOf;
import static io.jynamo.cli.config.Readers.time;

import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import io.jynamo.frontend.routing.RouterServiceOptions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the router offers as a service, and where. Ports are those of Dynamo's services. */
public final class ServiceSettings {
    private static final String GROUP = "Service";

    public static final Setting<Integer> PORT = new Draft(
                    GROUP, "port", "PORT", "Port of all services together; 0 takes a free one, see the ready line.")
            .of(count(0, 65_535), "8092");
    public static final Setting<Set<RouterServiceOptions.Kind>> SERVICES = new Draft(
                    GROUP, "services", "NAMES", "Services to offer, with commas: selection, indexer, slots.")
            .of(ServiceSettings::kinds, "selection,indexer,slots");
    public static final Setting<Optional<Integer>> INDEXER_PORT = new Draft(
                    GROUP, "indexer-port", "PORT", "Port of the indexer alone, besides; Dynamo's is 8090.")
            .optional(count(0, 65_535));
    public static final Setting<Optional<Integer>> SLOTS_PORT = new Draft(
                    GROUP, "slots-port", "PORT", "Port of the slot tracker alone, besides; Dynamo's is 8091.")
            .optional(count(0, 65_535));
    public static final Setting<Long> INDEX_MEMORY = new Draft(
                    GROUP, "index-memory", "SIZE", "Memory of the prefix index of each model and routing group.")
            .of(bytes(), "256MiB");
    public static final Setting<Duration> RESERVATION_TTL = new Draft(
                    GROUP,
                    "reservation-ttl",
                    "TIME",
                    "After which load is freed of whose request its client told nothing.")
            .of(time(), "300s");
    public static final Setting<Duration> SELECTION_TTL = new Draft(
                    GROUP, "selection-ttl", "TIME", "In which a selection may be reserved by its id.")
            .of(time(), "120s");

    public static final Setting<Optional<Duration>> SESSION_TTL = new Draft(
                    GROUP,
                    "session-affinity-ttl",
                    "TIME",
                    "How long after its last request a session (session_id) stays on its worker; without it they are not kept.")
            .optional(time());
    public static final Setting<Duration> QUEUE_TIMEOUT = new Draft(
                    GROUP,
                    "router-queue-timeout",
                    "TIME",
                    "How long a request to select and reserve waits at most, where router-queue-threshold has it wait.")
            .of(time(), "60s");
    public static final Setting<Optional<Integer>> REPLICA_PORT = new Draft(
                    GROUP,
                    "replica-sync-port",
                    "PORT",
                    "Port where replicas, ours or Dynamo's, hear over ZeroMQ what load this one gave; 0 takes a free one.")
            .optional(count(0, 65_535));
    public static final Setting<List<String>> REPLICA_PEERS = new Draft(
                    GROUP,
                    "replica-sync-peers",
                    "ENDPOINT",
                    "Replica whose load is counted too, for example tcp://10.0.0.2:9092; repeat for several.")
            .list(Kind.LIST);
    public static final Setting<List<String>> PEERS = new Draft(
                    GROUP,
                    "indexer-peers",
                    "URL",
                    "Indexer or selection service that is asked, at the start, what engines hold; repeat for several.")
            .list(Kind.LIST);

    /** In the order of help; {@link #PORT} stands before them, and is the frontend's setting with another default. */
    public static final List<Setting<?>> ALL = List.of(
            SERVICES,
            INDEXER_PORT,
            SLOTS_PORT,
            INDEX_MEMORY,
            RESERVATION_TTL,
            SELECTION_TTL,
            SESSION_TTL,
            QUEUE_TIMEOUT,
            REPLICA_PORT,
            REPLICA_PEERS,
            PEERS);

    private ServiceSettings() {}

    private static Set<RouterServiceOptions.Kind> kinds(String text) {
        Set<RouterServiceOptions.Kind> kinds = EnumSet.noneOf(RouterServiceOptions.Kind.class);
        for (String name : text.split(",", -1)) {
            kinds.add(oneOf(RouterServiceOptions.Kind.class).read(name.strip()));
        }
        return kinds;
    }
}
