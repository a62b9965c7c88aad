package io.jynamo.cli.log;

import java.time.ZoneId;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Where log records of all rooms and libraries end: standard error. Rooms log through {@link System.Logger}, Netty
 * through java.util.logging; both arrive here.
 */
public final class Logs {
    /** Their debug records are of their own affairs: shown from TRACE on. */
    private static final List<String> LIBRARIES = List.of("io.netty", "java", "jdk", "sun");

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
        }
        root.addHandler(new StandardErrorHandler(formatter));
        root.setLevel(level.level());
        if (level == LogLevel.DEBUG) {
            held = LIBRARIES.stream().map(Logger::getLogger).toList();
            held.forEach(library -> library.setLevel(LogLevel.INFO.level()));
        }
    }

    /** Returns when everything logged so far is written. */
    public static void flush() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
    }

    /** Writes each record at once, as one write, so that lines of many threads do not mix. */
    private static final class StandardErrorHandler extends Handler {
        StandardErrorHandler(Formatter formatter) {
            setFormatter(formatter);
        }

        @Override
        public void publish(LogRecord record) {
            if (isLoggable(record)) {
                System.err.print(getFormatter().format(record));
            }
        }

        @Override
        public void flush() {
            System.err.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
