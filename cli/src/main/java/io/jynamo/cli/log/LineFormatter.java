package io.jynamo.cli.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** A record as a line for people: {@code 14:03:07.123 INFO  frontend.Http  listening}; a stack trace follows it. */
final class LineFormatter extends Formatter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final boolean coloured;
    private final ZoneId zone;

    LineFormatter(boolean coloured, ZoneId zone) {
        this.coloured = coloured;
        this.zone = zone;
    }

    @Override
    public String format(LogRecord record) {
        String level = LogLevel.word(record.getLevel());
        var line = new StringBuilder(120)
                .append(TIME.format(Instant.ofEpochMilli(record.getMillis()).atZone(zone)))
                .append(' ')
                .append(colour(level))
                .append(level)
                .append(coloured ? "\u001b[0m" : "")
                .append(" ".repeat(6 - level.length()))
                .append(shortName(record.getLoggerName()))
                .append("  ")
                .append(printable(formatMessage(record)))
                .append('\n');
        if (record.getThrown() != null) {
            line.append(trace(record.getThrown()));
        }
        return line.toString();
    }

    /** The last package and the class: enough to find the source. */
    static String shortName(@org.jspecify.annotations.Nullable String name) {
        if (name == null || name.isEmpty()) {
            return "root";
        }
        int last = name.lastIndexOf('.');
        return name.substring(name.lastIndexOf('.', last - 1) + 1);
    }

    static String trace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** What a client sent may be in a message: control characters must not reach the terminal. */
    private static String printable(String message) {
        StringBuilder clean = null;
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            boolean bad = (c < ' ' && c != '\t' && c != '\n') || c == 0x7f;
            if (bad && clean == null) {
                clean = new StringBuilder(message);
            }
            if (bad && clean != null) {
                clean.setCharAt(i, '\ufffd');
            }
        }
        return clean == null ? message : clean.toString();
    }

    private String colour(String level) {
        if (!coloured) {
            return "";
        }
        return switch (level) {
            case "ERROR" -> "\u001b[31m";
            case "WARN" -> "\u001b[33m";
            case "INFO" -> "\u001b[32m";
            default -> "\u001b[2m";
        };
    }
}
