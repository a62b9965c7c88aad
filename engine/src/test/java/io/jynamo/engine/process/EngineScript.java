package io.jynamo.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A shell script that acts as an engine in a folder; it is ready when it has written the file {@code ready}. */
record EngineScript(Path folder, EngineSpec spec) {
    static final RestartPolicy.Limits QUICK = new RestartPolicy.Limits(
            Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMinutes(5), 3, Duration.ofMinutes(5));

    static EngineScript of(Path folder, String body) {
        try {
            Files.writeString(folder.resolve("engine.sh"), body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        EngineCommand command = new EngineCommand(
                List.of("sh", folder.resolve("engine.sh").toString()),
                Map.of("FOLDER", folder.toString()),
                Set.of("HOME"),
                folder);
        return new EngineScript(
                folder,
                new EngineSpec(
                        "test",
                        command,
                        new EngineSpec.Files(folder, 1 << 20, 2),
                        new EngineSpec.Readiness(() -> Files.exists(folder.resolve("ready")), Duration.ofSeconds(60)),
                        EngineSpec.Probing.NONE,
                        QUICK,
                        Duration.ofSeconds(3)));
    }

    EngineSpec with(RestartPolicy.Limits restarts) {
        return new EngineSpec(
                spec.name(),
                spec.command(),
                spec.files(),
                spec.readiness(),
                spec.probing(),
                restarts,
                spec.stopGrace());
    }

    EngineSpec with(EngineSpec.Probing probing) {
        return new EngineSpec(
                spec.name(), spec.command(), spec.files(), spec.readiness(), probing, QUICK, spec.stopGrace());
    }

    EngineSpec with(EngineSpec.Readiness readiness, RestartPolicy.Limits restarts) {
        return new EngineSpec(
                spec.name(), spec.command(), spec.files(), readiness, spec.probing(), restarts, spec.stopGrace());
    }

    EngineSpec withGrace(Duration grace) {
        return new EngineSpec(
                spec.name(), spec.command(), spec.files(), spec.readiness(), spec.probing(), QUICK, grace);
    }

    /** A pid that the script wrote into a file. */
    long pid(String file) {
        await(file, () -> Files.exists(folder.resolve(file)) && !read(file).isBlank());
        return Long.parseLong(read(file).trim());
    }

    String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isAlive(long pid) {
        return ProcessTable.birth(pid).isPresent();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
