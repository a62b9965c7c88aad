package io.jynamo.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.FeedStatus;
import io.jynamo.router.RouterStatus.WorkerStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A restarted worker has another id, and a frontend outlives thousands of them. */
class WorkerSeriesTest {
    private final FrontendMetrics metrics = new FrontendMetrics("dynamo_frontend");
    private final AtomicReference<List<WorkerStatus>> there = new AtomicReference<>(List.of());

    @Test
    void series_of_a_worker_go_with_it() {
        metrics.showWorkers(there::get);
        serves(1);
        assertThat(lines()).hasSize(3).allMatch(line -> line.contains("worker_id=\"1\""));

        there.set(List.of());
        assertThat(lines()).isEmpty();
    }

    @Test
    void nothing_is_kept_of_many_that_came_and_went_though_nobody_reads_the_page() {
        metrics.showWorkers(there::get);
        for (int id = 1; id <= 1_000; id++) {
            serves(id);
        }
        assertThat(metrics.keptWorkers()).isEqualTo(1);
    }

    private void serves(long id) {
        there.set(status(id));
        metrics.worker(new WorkerId(id)).onFirstToken(0.1, 10);
    }

    private static List<WorkerStatus> status(long id) {
        return List.of(
                new WorkerStatus(new WorkerId(id), 1, 0, 0, OthersLoad.NONE, 0, 0, 0, 0, false, FeedStatus.NONE));
    }

    private List<String> lines() {
        return new String(metrics.page(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("dynamo_frontend_worker_last"))
                .toList();
    }
}
