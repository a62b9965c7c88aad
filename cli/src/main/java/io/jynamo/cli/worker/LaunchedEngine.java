package io.jynamo.cli.worker;

import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.engine.process.EngineCommand;
import io.jynamo.engine.process.EngineProcess;
import io.jynamo.engine.process.EngineSpec;
import io.jynamo.engine.process.EngineStatus;
import io.jynamo.engine.process.HealthProbe;
import io.jynamo.engine.process.LmcacheSettings;
import io.jynamo.engine.process.ReadyCheck;
import io.jynamo.engine.process.RestartPolicy;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** An engine of others that is ours: on ports of this machine's choice, with KV events, supervised until it is closed. */
final class LaunchedEngine implements AutoCloseable {
    private static final Duration STOP_GRACE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofSeconds(10);
    /** Looks in a row at an engine that gives no token, after which it is ended and started again. */
    private static final int BAD_LOOKS = 6;

    /** How it is asked whether it is well, which is known when it has been joined. */
    private static final class Judgement {
        private volatile HealthProbe by = Optional::empty;
    }

    private final EngineProcess process;
    private final String word;
    private final URI url;
    private final Duration readyTimeout;
    private final Optional<String> kvEvents;
    private final Optional<String> kvReplay;
    private final Judgement judgement;

    private LaunchedEngine(EngineProcess process, EngineLaunch.Order order, String word, URI url, Judgement judgement) {
        this.process = process;
        this.judgement = judgement;
        this.word = word;
        this.url = url;
        this.readyTimeout = order.setup().foreign().readyTimeout();
        this.kvEvents = order.events().map(LaunchedEngine::endpoint);
        this.kvReplay = order.replay().map(LaunchedEngine::endpoint);
    }

    /**
     * Launches it and returns at once.
     *
     * @param model folder or name, as the engine takes it
     * @param listener told every change of its status; must not block
     */
    static LaunchedEngine start(WorkerSetup setup, String name, String model, Consumer<EngineStatus> listener) {
        ForeignOptions told = setup.foreign();
        EngineLaunch launch = EngineLaunch.of(setup.engine().kind());
        boolean follows = told.group().isPresent() && !told.group().get().isLeader();
        int ranks = EngineLaunch.ranks(setup.engine().kind(), told);
        // Whoever was given a flag for it by hand knows better where they go; followers have none to tell.
        boolean events =
                !follows && !launch.eventsFlag().isEmpty() && !new EngineFlags(told.flags()).has(launch.eventsFlag());
        var order = new EngineLaunch.Order(
                told.command().orElse(launch.program()),
                name,
                model,
                setup,
                LocalPorts.free(),
                events ? Optional.of(LocalPorts.consecutive(ranks)) : Optional.empty(),
                events ? Optional.of(LocalPorts.consecutive(ranks)) : Optional.empty(),
                lmcache(told));
        Path folder = told.files().orElseGet(LaunchedEngine::temporary);
        URI url = URI.create("http://127.0.0.1:" + order.port());
        ReadyCheck ready = follows && launch.headless() ? () -> true : ReadyCheck.http(url.resolve(launch.readyPath()));
        var judgement = new Judgement();
        var spec = new EngineSpec(
                launch.word() + "-" + order.port(),
                new EngineCommand(launch.line().apply(order), environment(order), Set.of(), folder.toAbsolutePath()),
                EngineSpec.Files.in(folder),
                new EngineSpec.Readiness(ready, told.readyTimeout()),
                new EngineSpec.Probing(() -> judgement.by.ask(), LOOK, LOOK, BAD_LOOKS),
                RestartPolicy.Limits.USUAL,
                STOP_GRACE);
        return new LaunchedEngine(EngineProcess.start(spec, listener), order, launch.word(), url, judgement);
    }

    /**
     * Returns once it serves.
     *
     * @throws JynamoException with its last words when it cannot be had
     */
    void awaitReady() {
        try {
            if (!process.awaitReady(readyTimeout.plusSeconds(5))) {
                throw process.failure()
                        .orElseGet(() -> new JynamoException(
                                ErrorCode.NOT_READY, word + " was not ready within " + readyTimeout + "; see its log"));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.NOT_READY, "stopped while " + word + " was loading", stopped);
        }
    }

    /**
     * It is ended and started again when this finds it unwell for a minute: its health page is good while its requests
     * hang, so whoever sends those says how it is.
     */
    void judgeBy(HealthProbe judge) {
        judgement.by = judge;
    }

    private static Optional<LmcacheSettings> lmcache(ForeignOptions told) {
        if (!told.lmcache().on()) {
            return Optional.empty();
        }
        return Optional.of(LmcacheSettings.of(
                new LmcacheSettings.Flags(
                        told.lmcache().maxLocalCpuGigabytes().orElse(null),
                        told.lmcache().server().orElse(null)),
                System.getenv()));
    }

    private static Map<String, String> environment(EngineLaunch.Order order) {
        return order.lmcache().map(LmcacheSettings::environment).orElse(Map.of());
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("jynamo-engine");
        } catch (IOException full) {
            throw new JynamoException(
                    ErrorCode.DISK_FULL, "no folder for the engine's log can be made: " + full.getMessage(), full);
        }
    }

    private static String endpoint(int port) {
        return "tcp://127.0.0.1:" + port;
    }

    EngineProcess process() {
        return process;
    }

    URI url() {
        return url;
    }

    /** Where its first rank publishes KV events, where it was told to by us. */
    Optional<String> kvEvents() {
        return kvEvents;
    }

    /** Where it says missed ones again. */
    Optional<String> kvReplay() {
        return kvReplay;
    }

    @Override
    public void close() {
        process.close();
    }
}
