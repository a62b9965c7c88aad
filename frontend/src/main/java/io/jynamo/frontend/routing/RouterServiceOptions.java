package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.HttpLimits;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.QueuePolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the router service listens and what it keeps.
 *
 * @param host name or address to bind
 * @param ports where it listens; 0 takes any free one
 * @param apiKeys keys clients must send; may be empty on loopback only
 * @param services that it offers, at least one
 * @param indexBytes memory of the prefix index of each model and routing group
 * @param times how long what clients forget is kept
 * @param queue how requests wait while every worker is busy
 * @param replicaSync how the selection service, or the slot tracker without it, agrees with others like it
 * @param peers of which the first that answers says what engines hold, for example {@code http://10.0.0.2:8090}
 */
public record RouterServiceOptions(
        String host,
        Ports ports,
        List<String> apiKeys,
        Set<Kind> services,
        RoutingPolicy policy,
        long indexBytes,
        Times times,
        Queue queue,
        ReplicaSync replicaSync,
        List<String> peers) {
    /** As Dynamo's: a million tokens as JSON fit. */
    static final long BODY_BYTES = 8L << 20;

    private static final long LEAST_INDEX_BYTES = 1L << 20;

    /** One of Dynamo's services. */
    public enum Kind {
        SELECTION,
        INDEXER,
        SLOTS
    }

    /**
     * The ports.
     *
     * @param all of all services together
     * @param indexer of the indexer alone, negative for none
     * @param slots of the slot tracker alone, negative for none
     */
    public record Ports(int all, int indexer, int slots) {
        /** One port for all. */
        public static Ports one(int port) {
            return new Ports(port, -1, -1);
        }
    }

    /**
     * How long what clients forget is kept.
     *
     * @param reservation load of whose request nothing is heard
     * @param selection until it is reserved
     * @param session where it was, after its last request; zero where sessions are not kept
     */
    public record Times(Duration reservation, Duration selection, Duration session) {
        public Times {
            if (!reservation.isPositive() || !selection.isPositive()) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION, "reservations and selections must be kept for some time");
            }
        }
    }

    /**
     * How requests wait for a worker.
     *
     * @param threshold they do while every worker has more prompt tokens booked than this share of its step; null where
     *     none does
     * @param requests that may wait for the workers of one model and routing group
     * @param longest that one does
     */
    public record Queue(@Nullable Double threshold, QueuePolicy policy, int requests, Duration longest) {
        /** Nobody waits. */
        public static final Queue NONE =
                new Queue(null, QueuePolicy.FCFS, AdmissionOptions.DEFAULT_MAX_REQUESTS, Duration.ofMinutes(1));

        public Queue {
            if (!longest.isPositive()) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION, "--router-queue-timeout must be above 0, not " + longest);
            }
        }
    }

    /**
     * How replicas agree.
     *
     * @param port where this one tells what it does, 0 for any free one; negative where it does not, nor listens
     * @param peers that it listens to, for example {@code tcp://10.0.0.2:9092}
     */
    public record ReplicaSync(int port, List<String> peers) {
        /** Alone. */
        public static final ReplicaSync NONE = new ReplicaSync(-1, List.of());

        public ReplicaSync {
            peers = List.copyOf(peers);
            if (port < 0 && !peers.isEmpty()) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION, "--replica-sync-peers requires --replica-sync-port");
            }
            for (String peer : peers) {
                String fault = Endpoints.fault(peer);
                if (fault != null) {
                    throw new JynamoException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "--replica-sync-peers: " + fault + "; it looks like tcp://10.0.0.2:9092");
                }
            }
        }
    }

    public RouterServiceOptions {
        apiKeys = List.copyOf(apiKeys);
        peers = List.copyOf(peers);
        services = Set.copyOf(EnumSet.copyOf(services));
        if (indexBytes < LEAST_INDEX_BYTES) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the index needs a mebibyte at least, not " + indexBytes + " bytes");
        }
    }

    /** The defaults: every service on one port of loopback. */
    public static RouterServiceOptions on(int port) {
        return new RouterServiceOptions(
                "127.0.0.1",
                Ports.one(port),
                List.of(),
                EnumSet.allOf(Kind.class),
                RoutingPolicy.PREFIX_AFFINITY,
                256L << 20,
                new Times(Duration.ofMinutes(5), Duration.ofMinutes(2), Duration.ZERO),
                Queue.NONE,
                ReplicaSync.NONE,
                List.of());
    }

    /** The same, given up sooner or later. */
    public RouterServiceOptions withTimes(Times kept) {
        return new RouterServiceOptions(
                host, ports, apiKeys, services, policy, indexBytes, kept, queue, replicaSync, peers);
    }

    /** The same, whose clients wait so. */
    public RouterServiceOptions withQueue(Queue waiting) {
        return new RouterServiceOptions(
                host, ports, apiKeys, services, policy, indexBytes, times, waiting, replicaSync, peers);
    }

    /** The same, which agrees with replicas. */
    public RouterServiceOptions withReplicas(ReplicaSync sync) {
        return new RouterServiceOptions(host, ports, apiKeys, services, policy, indexBytes, times, queue, sync, peers);
    }

    /** The same, which offers other services. */
    public RouterServiceOptions withServices(Set<Kind> offered) {
        return new RouterServiceOptions(
                host, ports, apiKeys, offered, policy, indexBytes, times, queue, replicaSync, peers);
    }

    /** The same, which takes over what a peer knows. */
    public RouterServiceOptions withPeers(List<String> urls) {
        return new RouterServiceOptions(
                host, ports, apiKeys, services, policy, indexBytes, times, queue, replicaSync, urls);
    }

    HttpLimits http() {
        return new HttpLimits(
                BODY_BYTES,
                Math.max(BODY_BYTES, Runtime.getRuntime().maxMemory() / 8),
                32 * 1024,
                8 * 1024,
                Duration.ofSeconds(30),
                Duration.ofMinutes(2),
                Duration.ofSeconds(5),
                16_384,
                1_024);
    }

    InetSocketAddress address(int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        InetAddress resolved = address.getAddress();
        if (resolved == null) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "--host " + host + " cannot be resolved to an address.");
        }
        if (apiKeys.isEmpty() && !resolved.isLoopbackAddress()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--host " + host + " is reachable from other machines, so at least one --api-key is needed;"
                            + " without one only loopback addresses such as 127.0.0.1 are served.");
        }
        return address;
    }
}
