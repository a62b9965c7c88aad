package io.jynamo.cli.router;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.LogOptions;
import io.jynamo.cli.settings.LogSettings;
import io.jynamo.cli.settings.RouterSettings;
import io.jynamo.cli.settings.ServiceSettings;
import io.jynamo.frontend.routing.RouterServiceOptions;
import io.jynamo.router.RoutingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Everything {@code jynamo router} was told. */
record RouterCommandOptions(RouterServiceOptions service, LogOptions log) {
    /** In the order of help. */
    static final List<Setting<?>> SETTINGS = Stream.of(
                    List.<Setting<?>>of(ServiceSettings.PORT),
                    ServiceSettings.ALL,
                    List.<Setting<?>>of(
                            RouterSettings.SERVICE_MODE,
                            RouterSettings.QUEUE_THRESHOLD,
                            RouterSettings.SERVICE_QUEUE_POLICY,
                            RouterSettings.MAX_QUEUED_REQUESTS,
                            HttpSettings.HOST,
                            HttpSettings.API_KEY),
                    LogSettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    static RouterCommandOptions read(Configuration configuration) {
        return new RouterCommandOptions(
                new RouterServiceOptions(
                        configuration.get(HttpSettings.HOST),
                        new RouterServiceOptions.Ports(
                                configuration.get(ServiceSettings.PORT),
                                configuration.get(ServiceSettings.INDEXER_PORT).orElse(-1),
                                configuration.get(ServiceSettings.SLOTS_PORT).orElse(-1)),
                        configuration.get(HttpSettings.API_KEY),
                        configuration.get(ServiceSettings.SERVICES),
                        RoutingPolicy.valueOf(
                                configuration.get(RouterSettings.SERVICE_MODE).name()),
                        configuration.get(ServiceSettings.INDEX_MEMORY),
                        new RouterServiceOptions.Times(
                                configuration.get(ServiceSettings.RESERVATION_TTL),
                                configuration.get(ServiceSettings.SELECTION_TTL),
                                configuration.get(ServiceSettings.SESSION_TTL).orElse(Duration.ZERO)),
                        new RouterServiceOptions.Queue(
                                configuration
                                        .get(RouterSettings.QUEUE_THRESHOLD)
                                        .orElse(null),
                                configuration.get(RouterSettings.SERVICE_QUEUE_POLICY),
                                configuration.get(RouterSettings.MAX_QUEUED_REQUESTS),
                                configuration.get(ServiceSettings.QUEUE_TIMEOUT)),
                        new RouterServiceOptions.ReplicaSync(
                                configuration.get(ServiceSettings.REPLICA_PORT).orElse(-1),
                                configuration.get(ServiceSettings.REPLICA_PEERS)),
                        configuration.get(ServiceSettings.PEERS)),
                LogSettings.read(configuration));
    }
}
