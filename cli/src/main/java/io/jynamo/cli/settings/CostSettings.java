package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.atLeast;
import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.number;
import static io.jynamo.cli.config.Readers.oneOf;
import static io.jynamo.cli.config.Readers.spellings;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.Affinity;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.select.DynamoWeights;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What makes a worker dear or cheap, and what is known of its cache. Names and defaults are Dynamo's. */
public final class CostSettings {
    private static final String GROUP = "Routing costs";

    public static final Setting<Double> OVERLAP_CREDIT = weight(
            "router-kv-overlap-score-credit",
            "Blocks of prefill that a block on a worker's device saves, for prefix-affinity.",
            "1");
    public static final Setting<Double> OVERLAP_DECAY = weight(
            "router-kv-overlap-score-credit-decay",
            "How fast that credit falls with the prefill booked on the worker beyond the least; 0 for not at all.",
            "0");
    public static final Setting<Double> PREFILL_SCALE =
            weight("router-prefill-load-scale", "Weight of prefill beside blocks in use.", "1");
    public static final Setting<Double> REQUEST_WEIGHT = weight(
            "router-decode-active-request-weight", "Blocks that a running request counts beside those it holds.", "0");
    public static final Setting<Double> HOST_WEIGHT =
            weight("router-host-cache-hit-weight", "Blocks of prefill that a block in host memory saves.", "0.75");
    public static final Setting<Double> DISK_WEIGHT =
            weight("router-disk-cache-hit-weight", "What one on disk, or farther away, saves.", "0.25");
    public static final Setting<Double> TEMPERATURE = weight(
            "router-temperature",
            "How far prefix-affinity strays from the worker of least cost; 0 for not at all.",
            "0");

    public static final Setting<Long> TTL = seconds(
                    "router-ttl-secs",
                    "How long a worker that does not tell what it caches is expected to hold a prompt it was given.")
            .of(number(0, 31_536_000), "120");
    public static final Setting<Long> PREDICTED_TTL = seconds(
                    "router-predicted-ttl-secs",
                    "How long one that does tell is expected to, until it has told; 0 for not at all.")
            .of(number(0, 31_536_000), "0");
    public static final Setting<Optional<Long>> AFFINITY_TTL = seconds(
                    "router-session-affinity-ttl-secs",
                    "Keep the requests of a session (x-dynamo-session-id) on one worker until it was silent for so long.")
            .optional(number(1, 31_536_000));
    public static final Setting<AffinityMode> AFFINITY_MODE = new Draft(
                    GROUP,
                    "router-session-affinity-mode",
                    spellings(AffinityMode.class, "|"),
                    "Whether a session stays whatever it costs, or while that costs no more than its prompt anew.")
            .of(oneOf(AffinityMode.class), "hard");
    public static final Setting<Long> INDEX_MEMORY = new Draft(
                    GROUP, "router-index-memory", "BYTES", "Memory of each model's index of who has which KV blocks.")
            .of(bytes(), "64MiB");

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(
            OVERLAP_CREDIT,
            OVERLAP_DECAY,
            PREFILL_SCALE,
            REQUEST_WEIGHT,
            HOST_WEIGHT,
            DISK_WEIGHT,
            TEMPERATURE,
            TTL,
            PREDICTED_TTL,
            AFFINITY_TTL,
            AFFINITY_MODE,
            INDEX_MEMORY);

    private CostSettings() {}

    /** Whether sessions may leave their worker. */
    public enum AffinityMode {
        HARD,
        SOFT
    }

    private static Setting<Double> weight(String name, String description, String standard) {
        return new Draft(GROUP, name, "N", description).of(atLeast(0), standard);
    }

    private static Draft seconds(String name, String description) {
        return new Draft(GROUP, name, "SECONDS", description);
    }

    /** Refuses weights that the mode does not look at, rather than go by other ones than were asked for. */
    static void requireUsed(Configuration configuration, RouterMode mode) {
        List<Setting<?>> weights = List.of(
                OVERLAP_CREDIT, OVERLAP_DECAY, PREFILL_SCALE, REQUEST_WEIGHT, HOST_WEIGHT, DISK_WEIGHT, TEMPERATURE);
        Optional<Setting<?>> idle =
                weights.stream().filter(configuration::isGiven).findFirst();
        if (mode != RouterMode.PREFIX_AFFINITY && idle.isPresent()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    idle.get().flag() + " is a weight of the router mode prefix-affinity; give --router-mode"
                            + " prefix-affinity too, or leave it out");
        }
    }

    public static RoutingCosts read(Configuration configuration) {
        return new RoutingCosts(
                new DynamoWeights(
                        configuration.get(OVERLAP_CREDIT),
                        configuration.get(OVERLAP_DECAY),
                        configuration.get(PREFILL_SCALE),
                        configuration.get(REQUEST_WEIGHT),
                        configuration.get(HOST_WEIGHT),
                        configuration.get(DISK_WEIGHT),
                        0),
                configuration.get(TEMPERATURE),
                configuration
                        .get(AFFINITY_TTL)
                        .map(ttl -> new Affinity(
                                Duration.ofSeconds(ttl), configuration.get(AFFINITY_MODE) == AffinityMode.HARD))
                        .orElse(Affinity.NONE),
                new RouterOptions.Predictions(
                        Duration.ofSeconds(configuration.get(TTL)),
                        Duration.ofSeconds(configuration.get(PREDICTED_TTL))),
                configuration.get(INDEX_MEMORY));
    }
}
