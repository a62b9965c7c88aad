package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.atLeast;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.number;
import static io.jynamo.cli.config.Readers.oneOf;
import static io.jynamo.cli.config.Readers.path;
import static io.jynamo.cli.config.Readers.share;
import static io.jynamo.cli.config.Readers.spellings;
import static io.jynamo.cli.config.Readers.time;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.QueuePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How workers are chosen. Names follow Dynamo. */
public final class RouterSettings {
    private static final String GROUP = "Router";

    public static final Setting<RouterMode> ROUTER_MODE = mode("time");
    /** Of the router as a service: what services of Dynamo's do. */
    public static final Setting<RouterMode> SERVICE_MODE = mode("prefix-affinity");

    public static final Setting<Integer> MIGRATION_LIMIT = new Draft(
                    GROUP, "migration-limit", "N", "Workers a request may lose and still go on with another.")
            .of(count(0, 100), "3");
    public static final Setting<Duration> MIGRATION_PATIENCE = new Draft(
                    GROUP,
                    "migration-patience",
                    "TIME",
                    "How long a stream that lost its worker waits for one to go on with.")
            .of(time(), "30s");

    public static final Setting<Double> RETRY_BUDGET = new Draft(
                    GROUP,
                    "retry-budget",
                    "SHARE",
                    "Share of all requests that may be given to another worker after one that brought nothing, 0 to 1,"
                            + " within ten seconds; besides, 10 a second always may, or as many as run.")
            .of(share(), "0.2");

    public static final Setting<Integer> REQUESTS_PER_WORKER = new Draft(
                    GROUP,
                    "router-max-requests-per-worker",
                    "N",
                    "Requests that one worker may have at one time, running and waiting in it together; others wait in the"
                            + " router.")
            .of(count(1, 1_000_000), Integer.toString(RouterOptions.DEFAULT_MAX_REQUESTS_PER_WORKER));
    public static final Setting<QueuePolicy> QUEUE_POLICY = queuePolicy("fair");
    /** Of the router as a service, which knows no tenants. */
    public static final Setting<QueuePolicy> SERVICE_QUEUE_POLICY = queuePolicy("fcfs");

    public static final Setting<Optional<Double>> QUEUE_THRESHOLD = new Draft(
                    GROUP,
                    "router-queue-threshold",
                    "SHARE",
                    "Requests wait while every worker has more prompt tokens to compute than this share of its largest step;"
                            + " without it, while every worker has as many requests as it may.")
            .optional(atLeast(0));
    public static final Setting<Optional<Path>> POLICY_CONFIG = new Draft(
                    GROUP,
                    "router-policy-config",
                    "FILE",
                    "YAML of classes in which requests wait, by what clients name and by how much of a prompt is cached; models"
                            + " that it has no classes for wait as the two flags above say.")
            .optional(path());
    public static final Setting<Integer> MAX_QUEUED_REQUESTS = new Draft(
                    GROUP,
                    "router-max-queued-requests",
                    "N",
                    "Requests of a model that may wait for a worker, others are refused; 0 refuses all that find none free.")
            .of(count(0, 1_000_000), Integer.toString(AdmissionOptions.DEFAULT_MAX_REQUESTS));
    public static final Setting<Long> MAX_QUEUED_TOKENS = new Draft(
                    GROUP, "router-max-queued-tokens", "N", "Prompt tokens of all requests that wait.")
            .of(number(1, Long.MAX_VALUE), Long.toString(AdmissionOptions.DEFAULT_MAX_TOKENS));
    public static final Setting<Map<String, Double>> TENANT_WEIGHTS = new Draft(
                    GROUP,
                    "tenant-weights",
                    "NAME=N,...",
                    "Shares of tenants among those who wait; others have 1. A tenant's name is its x-tenant-id or, where keys"
                            + " are needed, key- and the first 16 hexadecimal digits of its API key's SHA-256.")
            .of(TenantWeights::read, "");

    public static final Setting<Integer> HEDGE_AFTER = new Draft(
                    GROUP,
                    "router-hedge-after-ms",
                    "MS",
                    "Give a request that has no first token for so long to a second worker too, and go on with the first of"
                            + " the two; 0 never does.")
            .of(count(0, 3_600_000), "0");
    public static final Setting<Double> HEDGE_QUANTILE = new Draft(
                    GROUP,
                    "router-hedge-quantile",
                    "SHARE",
                    "Do so after the time within which that share of the model's last 512 first tokens came, such as 0.95; then"
                            + " --router-hedge-after-ms is the least time, 50 ms if not given. 0 takes the fixed time.")
            .of(share(), "0");
    public static final Setting<Double> HEDGE_BUDGET = new Draft(
                    GROUP,
                    "router-hedge-budget",
                    "SHARE",
                    "Share of all requests that may be given to a second worker so, 0 to 1.")
            .of(share(), "0.05");

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(
            ROUTER_MODE,
            MIGRATION_LIMIT,
            MIGRATION_PATIENCE,
            RETRY_BUDGET,
            REQUESTS_PER_WORKER,
            QUEUE_POLICY,
            QUEUE_THRESHOLD,
            POLICY_CONFIG,
            MAX_QUEUED_REQUESTS,
            MAX_QUEUED_TOKENS,
            TENANT_WEIGHTS,
            HEDGE_AFTER,
            HEDGE_QUANTILE,
            HEDGE_BUDGET);

    /** These and the costs. */
    public static final List<Setting<?>> WITH_COSTS =
            Stream.concat(ALL.stream(), CostSettings.ALL.stream()).toList();

    private RouterSettings() {}

    private static Setting<RouterMode> mode(String standard) {
        return new Draft(
                        GROUP,
                        "router-mode",
                        spellings(RouterMode.class, "|"),
                        "How the worker of a request is chosen.")
                .of(oneOf(RouterMode.class), standard);
    }

    private static Setting<QueuePolicy> queuePolicy(String standard) {
        return new Draft(
                        GROUP,
                        "router-queue-policy",
                        spellings(QueuePolicy.class, "|"),
                        "In what order requests of one class get a worker when all were full: tenants by their shares, who came"
                                + " first, or what costs least to compute.")
                .of(oneOf(QueuePolicy.class), standard);
    }

    /**
     * What was chosen.
     *
     * @throws JynamoException INVALID_CONFIGURATION for weights of another mode than the one chosen, or a policy file that says
     *     nothing sensible
     */
    public static RouterChoice read(Configuration configuration) {
        CostSettings.requireUsed(configuration, configuration.get(ROUTER_MODE));
        return new RouterChoice(
                configuration.get(ROUTER_MODE),
                configuration.get(MIGRATION_LIMIT),
                configuration.get(MIGRATION_PATIENCE),
                configuration.get(RETRY_BUDGET),
                configuration.get(REQUESTS_PER_WORKER),
                new AdmissionOptions(
                        configuration.get(QUEUE_POLICY),
                        configuration.get(MAX_QUEUED_REQUESTS),
                        configuration.get(MAX_QUEUED_TOKENS),
                        configuration.get(QUEUE_THRESHOLD).orElse(null),
                        configuration.get(TENANT_WEIGHTS)),
                configuration
                        .get(POLICY_CONFIG)
                        .map(file -> PolicyFile.read(file, configuration.get(QUEUE_POLICY)))
                        .orElse(PolicyFile.NONE),
                configuration.get(HEDGE_AFTER),
                configuration.get(HEDGE_QUANTILE),
                configuration.get(HEDGE_BUDGET),
                CostSettings.read(configuration));
    }
}
