package io.jynamo.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadersTest {
    @ParameterizedTest
    @CsvSource({"1048576, 1048576", "512MiB, 536870912", "2GB, 2000000000", "1 kb, 1000", "3TiB, 3298534883328"})
    void sizes(String text, long bytes) {
        assertThat(Readers.bytes().read(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "1.5G", "0", "999999999999TiB", "12345678901234567890"})
    void sizes_that_are_none(String text) {
        assertThatThrownBy(() -> Readers.bytes().read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("must ");
    }

    @ParameterizedTest
    @CsvSource({"30, 30000", "500ms, 500", "2m, 120000", "1.5s, 1500", "1h, 3600000", "0, 0"})
    void times(String text, long millis) {
        assertThat(Readers.time().read(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1s", "1d", "s", "1e9", "99999999999h"})
    void times_that_are_none(String text) {
        assertThatThrownBy(() -> Readers.time().read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("must ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "1.01", "-0.1", "x", "", "20%"})
    void shares_that_are_none(String text) {
        assertThatThrownBy(() -> Readers.share().read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("must ");
        assertThat(Readers.share().read("0")).isZero();
        assertThat(Readers.share().read("1")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "0", "-1", "x", ""})
    void numbers_that_are_not_above_zero(String text) {
        assertThatThrownBy(() -> Readers.above(0).read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_nearest_word_is_found_within_reason() {
        var known = List.of("--workers", "--port", "--host");

        assertThat(Nearest.find("--wrokers", known)).contains("--workers");
        assertThat(Nearest.find("--prot", known)).contains("--port");
        assertThat(Nearest.find("--zebra-crossing", known)).isEmpty();
    }
}
