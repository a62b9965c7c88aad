package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
    private static final long SECOND = 1_000_000_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong now = new AtomicLong(5 * SECOND);

    private ConsoleProgress progress(boolean terminal) {
        return new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, now::get);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalGetsABarOnOneLine() {
        ConsoleProgress progress = progress(true);
        progress.at("m.gguf", 0, 100_000_000);
        now.addAndGet(2 * SECOND);
        progress.at("m.gguf", 50_000_000, 100_000_000);
        now.addAndGet(2 * SECOND);
        progress.at("m.gguf", 100_000_000, 100_000_000);
        progress.note("checked");
        assertThat(text())
                .contains("\rm.gguf  [############............]   50 %  50.0 of 100.0 MB  25.0 MB/s  2 s left")
                .contains("100 %  100.0 of 100.0 MB")
                .endsWith(System.lineSeparator() + "checked" + System.lineSeparator());
        assertThat(text().split(System.lineSeparator())).hasSize(2);
    }

    @Test
    void aTerminalIsNotRedrawnForEveryByte() {
        ConsoleProgress progress = progress(true);
        for (int i = 0; i < 1000; i++) {
            progress.at("m.gguf", i, 100_000);
        }
        assertThat(text().chars().filter(c -> c == '\r')).hasSize(1);
    }

    @Test
    void elsewhereEveryTenthIsALine() {
        ConsoleProgress progress = progress(false);
        for (int i = 0; i <= 1000; i++) {
            progress.at("m.gguf", i * 1000L, 1_000_000);
        }
        assertThat(text().lines()).hasSize(11).first().isEqualTo("m.gguf:   0 %  0.0 of 1.0 MB");
        assertThat(text()).doesNotContain("\r").doesNotContain("\u001b");
    }

    @Test
    void sizesNobodyKnowsAreNoProblem() {
        ConsoleProgress progress = progress(true);
        progress.at("x", 2_500_000, -1);
        progress.at("empty", 0, 0);
        assertThat(text()).contains("x  2.5 MB").contains("empty");
    }
}
