package io.jynamo.engine.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds in what an engine writes the cause of its death. Pure.
 *
 * <p>The end of the log is useless: vLLM's ends with "See root cause above", and the cause stands up to 190 lines
 * earlier. It is the first line that is an exception, bare or behind a process's error prefix, of the last burst of such
 * lines. Lines that only point at a cause never begin a burst. A burst that was over long before the end is not the cause.
 */
public final class LastWords {
    private static final String PREFIX = "^(?:\\([^()]* pid=\\d+\\) ERROR \\S+ \\S+ \\[[^\\]]*\\] )?";
    private static final Pattern EXCEPTION = Pattern.compile(PREFIX + "((?:\\w+\\.)*\\w*(?:Error|Exception): .*)$");
    private static final Pattern CONSEQUENCE = Pattern.compile(
            "See root cause above|stack trace (?:\\(above\\)|above)|EngineDeadError|Worker failed with error");
    private static final Pattern WEAKER = Pattern.compile(
            "CRITICAL|encountered a fatal error|[Ss]egmentation fault|exec: .*not found|[Pp]ermission denied|core dumped");
    private static final long QUIET_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long RECENT_NANOS = Duration.ofMinutes(2).toNanos();
    private static final int TAIL = 40;
    private static final int LONGEST = 600;

    private final Deque<String> tail = new ArrayDeque<>();
    private @Nullable String cause;
    private boolean onlyConsequence;
    private @Nullable String weaker;
    private long lastError;

    /** A line that it wrote, at a time. */
    public void on(String line, long nanos) {
        if (line.isBlank()) {
            return;
        }
        if (tail.size() == TAIL) {
            tail.removeFirst();
        }
        tail.addLast(shorten(line));
        if (WEAKER.matcher(line).find() && weaker == null) {
            weaker = line;
        }
        Matcher exception = EXCEPTION.matcher(line);
        if (!exception.matches()) {
            return;
        }
        boolean consequence = CONSEQUENCE.matcher(line).find();
        boolean newBurst = cause == null || nanos - lastError > QUIET_NANOS || onlyConsequence;
        if (newBurst && (cause == null || !consequence)) {
            cause = exception.group(1);
            onlyConsequence = consequence;
        }
        lastError = nanos;
    }

    /** It serves: whatever it complained of while it loaded did not stop it. */
    public void ready() {
        cause = null;
        weaker = null;
    }

    /** The cause of an end at a time; empty where no line says one. */
    public Optional<String> cause(long nanos) {
        if (cause != null && nanos - lastError <= RECENT_NANOS) {
            return Optional.of(shorten(cause));
        }
        return Optional.ofNullable(weaker).map(LastWords::shorten);
    }

    /** The last lines, oldest first. */
    public List<String> tail() {
        return new ArrayList<>(tail);
    }

    private static String shorten(String line) {
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
