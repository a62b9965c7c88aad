package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.oneOf;
import static io.jynamo.cli.config.Readers.share;
import static io.jynamo.cli.config.Readers.spellings;
import static io.jynamo.cli.config.Readers.time;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import java.time.Duration;
import java.util.List;

/** How workers are chosen. Names follow Dynamo. */
public final class RouterSettings {
    private static final String GROUP = "Router";

    public static final Setting<RouterMode> ROUTER_MODE = new Draft(
                    GROUP, "router-mode", spellings(RouterMode.class, "|"), "How the worker of a request is chosen.")
            .of(oneOf(RouterMode.class), "prefix-affinity");
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

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(ROUTER_MODE, MIGRATION_LIMIT, MIGRATION_PATIENCE, RETRY_BUDGET);

    private RouterSettings() {}

    public static RouterChoice read(Configuration configuration) {
        return new RouterChoice(
                configuration.get(ROUTER_MODE),
                configuration.get(MIGRATION_LIMIT),
                configuration.get(MIGRATION_PATIENCE),
                configuration.get(RETRY_BUDGET));
    }
}
