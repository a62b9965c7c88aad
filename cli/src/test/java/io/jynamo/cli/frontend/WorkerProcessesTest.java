package io.jynamo.cli.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkerProcessesTest {
    private static final WorkerId KNOWN = new WorkerId(1);
    private static final WorkerId UNKNOWN = new WorkerId(2);

    @Test
    void aWorkerIsReachedByItsProcess() throws Exception {
        Process process = new ProcessBuilder("sleep", "600").start();
        try {
            var hand = new WorkerProcesses(
                    id -> id.equals(KNOWN) ? OptionalLong.of(process.pid()) : OptionalLong.empty(),
                    pid -> ProcessHandle.of(pid).orElseThrow().destroyForcibly(),
                    pid -> ProcessHandle.of(pid).orElseThrow().destroy());
            assertThat(hand.offered(KNOWN)).isTrue();
            assertThat(hand.offered(UNKNOWN)).isFalse();
            assertThatExceptionOfType(JynamoException.class)
                    .isThrownBy(() -> hand.kill(UNKNOWN))
                    .satisfies(failed -> assertThat(failed.code()).isEqualTo(ErrorCode.WORKER_NOT_FOUND));
            hand.drain(KNOWN);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }
}
