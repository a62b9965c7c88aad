package io.jynamo.cli.graph.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FinalWordsTest {
    private final FinalWords words = new FinalWords();

    @Test
    void our_own_error_is_told_with_what_follows_it() {
        words.on("10:00:00.000 ERROR  x  an earlier one");
        words.on("error invalid_configuration: 2 settings are wrong:");
        words.on("  - a");
        words.on("  - b");

        assertThat(words.of("exit code 2"))
                .isEqualTo("exit code 2: error invalid_configuration: 2 settings are wrong:   - a   - b");
    }

    @Test
    void else_the_last_line_that_speaks_of_an_error() {
        words.on("java.lang.OutOfMemoryError: Java heap space");
        words.on("bye");

        assertThat(words.of("exit code 3")).isEqualTo("exit code 3: java.lang.OutOfMemoryError: Java heap space");
    }

    @Test
    void else_the_last_line_and_never_more_than_fits_a_line_or_two() {
        assertThat(words.of("killed by signal 9")).isEqualTo("killed by signal 9");
        IntStream.range(0, 1000).forEach(i -> words.on("line " + i));
        words.on(" ");
        assertThat(words.of("exit code 1")).isEqualTo("exit code 1; last it wrote: line 999");
        words.on("x".repeat(5000));
        assertThat(words.of("exit code 1")).hasSizeLessThan(700);
    }
}
