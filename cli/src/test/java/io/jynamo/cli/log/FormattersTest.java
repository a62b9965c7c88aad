package io.jynamo.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class FormattersTest {
    @Test
    void a_line_names_time_level_class_and_message() {
        var formatter = new LineFormatter(false, ZoneOffset.UTC);

        assertThat(formatter.format(record(Level.WARNING, "port {0} is slow", 8000)))
                .isEqualTo("01:02:03.456 WARN  http.Listener  port 8,000 is slow\n");
    }

    @Test
    void colour_is_for_terminals_and_control_characters_reach_none() {
        var formatter = new LineFormatter(true, ZoneOffset.UTC);

        String line = formatter.format(record(Level.SEVERE, "evil \u001b[2J name"));

        assertThat(line).contains("\u001b[31mERROR\u001b[0m").contains("evil \ufffd[2J name");
    }

    @Test
    void a_stack_trace_follows_its_line() {
        var record = record(Level.SEVERE, "failed");
        record.setThrown(new IllegalStateException("broken"));

        assertThat(new LineFormatter(false, ZoneOffset.UTC).format(record))
                .contains("failed\njava.lang.IllegalStateException: broken\n\tat ");
    }

    @Test
    void json_is_one_object_on_one_line_whatever_the_message_holds() {
        var record = record(Level.INFO, "a \"quoted\"\nline\\ with \u0007");
        record.setThrown(new IllegalStateException("broken"));

        String line = new JsonFormatter().format(record);

        assertThat(line)
                .endsWith("}\n")
                .hasLineCount(1)
                .contains("\"time\":\"1970-01-01T01:02:03.456Z\"", "\"level\":\"INFO\"")
                .contains("\"logger\":\"io.jynamo.frontend.http.Listener\"")
                .contains("\"message\":\"a \\\"quoted\\\"\\nline\\\\ with \\u0007\"")
                .contains("\"exception\":\"java.lang.IllegalStateException: broken");
    }

    @Test
    void levels_of_the_jdk_have_our_words() {
        assertThat(LogLevel.word(Level.SEVERE)).isEqualTo("ERROR");
        assertThat(LogLevel.word(Level.CONFIG)).isEqualTo("INFO");
        assertThat(LogLevel.word(Level.FINE)).isEqualTo("DEBUG");
        assertThat(LogLevel.word(Level.FINEST)).isEqualTo("TRACE");
    }

    private static LogRecord record(Level level, String message, Object... parameters) {
        var record = new LogRecord(level, message);
        record.setLoggerName("io.jynamo.frontend.http.Listener");
        record.setInstant(Instant.parse("1970-01-01T01:02:03.456Z"));
        record.setParameters(parameters);
        return record;
    }
}
