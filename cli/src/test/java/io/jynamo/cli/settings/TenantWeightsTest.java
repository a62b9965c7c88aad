package io.jynamo.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantWeightsTest {
    @Test
    void namesAndNumbersAreRead() {
        assertThat(TenantWeights.read("")).isEmpty();
        assertThat(TenantWeights.read("a=3, b = 0.5,key-00=1e2"))
                .isEqualTo(Map.of("a", 3.0, "b", 0.5, "key-00", 100.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "=3", "a=", "a=0", "a=-1", "a=x", "a=Infinity", "a=1,,b=2"})
    void whatIsNoWeightIsNamed(String text) {
        assertThatThrownBy(() -> TenantWeights.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must be like name=3")
                .hasMessageContaining(text);
    }
}
