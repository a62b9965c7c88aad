package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorReportTest {
    @Test
    void a_known_error_is_one_line_with_its_code() {
        var error = new JynamoException(ErrorCode.ADDRESS_IN_USE, "port 8000 is taken; choose another with --port");

        assertThat(printed(error, false))
                .isEqualTo("error address_in_use: port 8000 is taken; choose another with --port\n");
    }

    @Test
    void the_stack_trace_comes_only_when_asked_for() {
        var error = new IllegalStateException("broken");

        assertThat(printed(error, false)).hasLineCount(1).contains("IllegalStateException: broken", "--verbose");
        assertThat(printed(error, true)).contains("at io.jynamo.cli.ErrorReportTest");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void every_error_ends_with_a_documented_code_that_is_not_success(ErrorCode code) {
        assertThat(ExitCode.of(code)).isNotEqualTo(ExitCode.OK);
        assertThat(CommandRun.of("--help").out()).contains(ExitCode.of(code).meaning());
    }

    private static String printed(Throwable error, boolean verbose) {
        var text = new StringWriter();
        ErrorReport.print(new PrintWriter(text, true), error, verbose);
        return text.toString();
    }
}
