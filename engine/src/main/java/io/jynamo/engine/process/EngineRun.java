package io.jynamo.engine.process;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One life of a process that must not outlive us, an engine's for one: its session, its record on disk, the watchdog over it, and the thread that reads what
 * it writes.
 *
 * <p>The process waits before it becomes the engine until it is recorded and watched, so that no kill of ours leaves one
 * that nobody knows of.
 */
public final class EngineRun implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EngineRun.class.getName());
    private static final String GATE = "read -r go || exit 125; exec \"$@\" </dev/null";
    private static final Duration READ_OUT = Duration.ofSeconds(2);
    private static final SecureRandom RANDOM = new SecureRandom();

    final LastWords words = new LastWords();
    private final Process process;
    private final ProcessGroup group;
    private final Watchdog watchdog;
    private final Thread reader;
    private final Path record;
    private final String token;
    private @Nullable Thread waiter;

    private EngineRun(Process process, Watchdog watchdog, Path record, String token, Consumer<String> onLine) {
        this.process = process;
        this.token = token;
        this.group = ProcessGroup.of(process.pid());
        this.watchdog = watchdog;
        this.record = record;
        this.reader = Thread.ofVirtual().name("engine-output-" + process.pid()).start(() -> read(onLine));
    }

    static EngineRun start(EngineSpec spec, Path record, Consumer<String> onLine) {
        return start(spec.command(), record, spec.stopGrace(), onLine);
    }

    /**
     * Starts it.
     *
     * @param record file that says which process it is, while it runs
     * @param grace how long it may take to end when we are gone
     * @param onLine told each line of output on the reading thread
     * @throws JynamoException where it cannot be started at all
     */
    public static EngineRun start(EngineCommand command, Path record, Duration grace, Consumer<String> onLine) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        List<String> line = new ArrayList<>(ProcessGroup.OWN_SESSION);
        line.addAll(List.of("sh", "-c", GATE, "sh"));
        line.addAll(command.line());
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(command.directory().toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeAll(command.unset());
        environment.putAll(command.environment());
        environment.put(EngineRecord.TOKEN, token);
        try {
            Files.createDirectories(record.toAbsolutePath().getParent());
            Process process = builder.start();
            try {
                EngineRecord.of(process.pid(), token, command).write(record);
                Watchdog watchdog = Watchdog.over(ProcessGroup.of(process.pid()), grace);
                EngineRun run = new EngineRun(process, watchdog, record, token, onLine);
                run.go();
                return run;
            } catch (IOException e) {
                process.destroyForcibly();
                EngineRecord.delete(record);
                throw e;
            }
        } catch (IOException e) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    command.line().getFirst() + " cannot be started in " + command.directory() + ": " + e.getMessage(),
                    e);
        }
    }

    /**
     * Ends what is left of one that a former Jynamo, killed, recorded there.
     *
     * @return the processes that were ended
     * @throws JynamoException where the Jynamo that recorded it still runs
     */
    public static List<Long> endOrphan(Path record, Duration grace) throws InterruptedException {
        return EngineRecord.endOrphan(record, grace);
    }

    /** Tells when the process has ended; once per run. */
    public void onExit(Runnable told) {
        waiter = Thread.ofVirtual().name("engine-exit-" + pid()).start(() -> {
            try {
                process.waitFor();
                told.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    public long pid() {
        return process.pid();
    }

    /** Asks the process itself to end. */
    public void terminate() {
        process.destroy();
    }

    /** Ends the process itself at once. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Asks the engine and all it began to end, and ends them after the grace. */
    public void end(Duration grace) throws InterruptedException {
        boolean nothingLeft = group.end(grace);
        EngineRecord.endCarriers(token, grace);
        if (!nothingLeft) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "processes {0} of an engine cannot be ended; what they hold stays taken",
                    group.members());
        }
    }

    /** Waits until what it wrote last has been read. */
    public void readOut() throws InterruptedException {
        reader.join(READ_OUT);
    }

    /** How the process ended. */
    public String exit() {
        if (process.isAlive()) {
            return "still running";
        }
        int code = process.exitValue();
        return switch (code) {
            case 0 -> "ended by itself with exit code 0";
            case 137 -> "killed by signal 9";
            default -> code > 128 && code < 160 ? "killed by signal " + (code - 128) : "exit code " + code;
        };
    }

    /** Everything of it has ended: forgets it. */
    @Override
    public void close() {
        watchdog.close();
        EngineRecord.delete(record);
        try {
            process.getInputStream().close();
            reader.join(READ_OUT);
            Thread waiting = waiter;
            if (waiting != null) {
                waiting.interrupt();
                waiting.join();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the output of process {0} did not close cleanly", pid());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void go() {
        try (OutputStream gate = process.getOutputStream()) {
            gate.write("go\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // It has ended already, which is seen as any other end is.
            LOG.log(System.Logger.Level.DEBUG, "process {0} did not wait", pid());
        }
    }

    private void read(Consumer<String> onLine) {
        try {
            OutputLines.read(process.getInputStream(), line -> {
                synchronized (words) {
                    words.on(line, System.nanoTime());
                }
                onLine.accept(line);
            });
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the output of process {0} ended: {1}", pid(), e.getMessage());
        }
    }
}
