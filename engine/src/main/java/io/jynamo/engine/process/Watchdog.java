package io.jynamo.engine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A small shell process that ends an engine when we are gone, however we went: it reads from a pipe that only we hold, and
 * the end of that pipe is our end.
 */
final class Watchdog implements AutoCloseable {
    // A line disarms it. It looks after the group for as long as the grace, then kills.
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r line && exit 0
            kill -s TERM -- "$1" 2>/dev/null || exit 0
            i=0
            while [ "$i" -lt "$2" ] && kill -s 0 -- "$1" 2>/dev/null; do sleep 1; i=$((i + 1)); done
            kill -s KILL -- "$1" 2>/dev/null
            """;

    private final Process shell;

    private Watchdog(Process shell) {
        this.shell = shell;
    }

    static Watchdog over(ProcessGroup group, Duration grace) throws IOException {
        List<String> line = new ArrayList<>(ProcessGroup.OWN_SESSION);
        line.addAll(List.of("sh", "-c", SCRIPT, "jynamo-watchdog", group.target(), String.valueOf(seconds(grace))));
        return new Watchdog(new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** It lets the engine be and is gone. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().write("done\n".getBytes(StandardCharsets.US_ASCII));
            shell.getOutputStream().flush();
            if (!shell.waitFor(2, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            shell.destroyForcibly();
        } catch (InterruptedException e) {
            shell.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static long seconds(Duration grace) {
        return Math.max(1, grace.plusMillis(999).toSeconds());
    }
}
