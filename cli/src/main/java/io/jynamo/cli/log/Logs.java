package io.jynamo.cli.log;

import java.time.ZoneId;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where log records of all rooms and libraries end: standard error. Rooms log through {@link System.Logger}, Netty
 * through java.util.logging; both arrive here.
 */
public final class Logs {
    /** Their debug records are of their own affairs: shown from TRACE on. */
    private static final List<String> LIBRARIES = List.of("io.grpc", "io.netty", "java", "jdk", "sun");

    /** Records that wait for a standard error that takes none. */
    private static final int MOST_WAITING = 4_096;

    private static volatile @Nullable QueuedHandler installed;

    /** Loggers with a level of their own, which would be lost with them. */
    private static List<Logger> held = List.of();

    private Logs() {}

    /** Replaces whatever handlers there are. Called before the first logger is made. */
    public static synchronized void install(LogFormat format, LogLevel level) {
        System.setProperty("java.util.logging.manager", LateLogManager.class.getName());
        Formatter formatter = switch (format) {
            case TEXT -> new LineFormatter(Boolean.getBoolean("jynamo.terminal"), ZoneId.systemDefault());
            case JSON -> new JsonFormatter();
        };
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
            if (handler instanceof QueuedHandler ours) {
                ours.close();
            }
        }
        var handler = new QueuedHandler(formatter, System.err, MOST_WAITING);
        root.addHandler(handler);
        installed = handler;
        root.setLevel(level.level());
        if (level == LogLevel.DEBUG) {
            held = LIBRARIES.stream().map(Logger::getLogger).toList();
            held.forEach(library -> library.setLevel(LogLevel.INFO.level()));
        }
    }

    /** Returns when everything logged so far is written, or after two seconds in which it was not. */
    public static void flush() {
        QueuedHandler writing = installed;
        if (writing != null) {
            writing.flush();
        }
    }
}
