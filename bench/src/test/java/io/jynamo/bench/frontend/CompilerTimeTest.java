package io.jynamo.bench.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.protocol.JynamoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CompilerTimeTest {
    @Test
    void isTheCompilersPartOfWhatWasUsedSince() {
        assertThat(new CompilerTime(12, 3.5).shareSince(new CompilerTime(10, 3)))
                .isCloseTo(0.25, within(1e-9));
        assertThat(new CompilerTime(10, 3).shareSince(new CompilerTime(10, 3))).isZero();
    }

    /** This very JVM has compiled by now, and done other things. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void findsTheCompilersThreads() {
        CompilerTime own = CompilerTime.of(ProcessHandle.current().pid());
        assertThat(own.compiler()).isPositive().isLessThan(own.all());
    }

    @Test
    void aProcessThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> CompilerTime.of(Long.MAX_VALUE))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("cannot measure process " + Long.MAX_VALUE);
    }
}
