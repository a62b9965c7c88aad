package io.jynamo.simulation.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MooncakeTraceTest {
    private static final String GOOD =
            "{\"timestamp\": 27, \"input_length\": 600, \"output_length\": 52, \"hash_ids\": [46, 47]}";

    @TempDir
    private Path folder;

    @Test
    void readsRequestsWithTheTokensOfTheirBlocks() throws IOException {
        Workload workload = MooncakeTrace.read(file(GOOD + "\n\n" + GOOD.replace("27", "28") + "\n"));
        assertThat(workload.requests()).isEqualTo(2);
        Session first = workload.sessions().getFirst();
        assertThat(first.startNanos()).isEqualTo(27_000_000);
        Turn turn = first.turns().getFirst();
        assertThat(turn.outputTokens()).isEqualTo(52);
        int[] ids = turn.prompt().ids().toArray();
        assertThat(ids).hasSize(600);
        assertThat(ids[0]).isEqualTo(46);
        assertThat(ids[511]).isEqualTo(46);
        assertThat(ids[512]).isEqualTo(47);
        assertThat(ids[599]).isEqualTo(47);
        assertThat(turn.answer())
                .isNotEqualTo(workload.sessions().get(1).turns().getFirst().answer());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "[]",
                "{\"input_length\": 600, \"output_length\": 52, \"hash_ids\": [46, 47]}",
                "{\"timestamp\": -1, \"input_length\": 600, \"output_length\": 52, \"hash_ids\": [46, 47]}",
                "{\"timestamp\": 1, \"input_length\": 0, \"output_length\": 52, \"hash_ids\": []}",
                "{\"timestamp\": 1, \"input_length\": 600, \"output_length\": 0, \"hash_ids\": [46, 47]}",
                "{\"timestamp\": 1, \"input_length\": 600, \"output_length\": 52, \"hash_ids\": [46]}",
                "{\"timestamp\": 1, \"input_length\": 600, \"output_length\": 52, \"hash_ids\": [46, -2]}",
                "{\"timestamp\": 1, \"input_length\": 600, \"output_length\": 52, \"hash_ids\": [46, \"x\"]}",
                "{\"timestamp\": 1, \"input_length\": 99999999999, \"output_length\": 52, \"hash_ids\": [1]}"
            })
    void refusesABadLineWithItsNumber(String bad) throws IOException {
        Path file = file(GOOD + "\n" + bad + "\n");
        assertThatThrownBy(() -> MooncakeTrace.read(file)).isInstanceOfSatisfying(JynamoException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(e).hasMessageContaining("line 2");
        });
    }

    @Test
    void refusesAFileThatIsNotThereOrEmpty() throws IOException {
        Path empty = file("\n");
        assertThatThrownBy(() -> MooncakeTrace.read(empty)).hasMessageContaining("has no requests");
        assertThatThrownBy(() -> MooncakeTrace.read(folder.resolve("none")))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("cannot be read");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("trace.jsonl"), content);
    }
}
