package io.jynamo.cli.log;

import java.time.Instant;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** A record as one JSON object on one line: time, level, logger, thread, message, and exception where there is one. */
final class JsonFormatter extends Formatter {
    @Override
    public String format(LogRecord record) {
        var line = new StringBuilder(200).append('{');
        field(line, "time", Instant.ofEpochMilli(record.getMillis()).toString());
        field(line.append(','), "level", LogLevel.word(record.getLevel()));
        field(line.append(','), "logger", String.valueOf(record.getLoggerName()));
        line.append(",\"thread\":").append(record.getLongThreadID());
        field(line.append(','), "message", formatMessage(record));
        if (record.getThrown() != null) {
            field(line.append(','), "exception", LineFormatter.trace(record.getThrown()));
        }
        return line.append("}\n").toString();
    }

    private static void field(StringBuilder line, String name, String value) {
        line.append('"').append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
