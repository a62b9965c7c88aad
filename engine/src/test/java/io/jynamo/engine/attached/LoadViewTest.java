package io.jynamo.engine.attached;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadViewTest {
    private static final ModelCard CARD =
            new ModelCard("m", "x", 100, 1000, 1000, 10, 400, 100, 4, Set.of(), null, Set.of());

    private final LoadView view = new LoadView(CARD);

    @Test
    void countsItsOwnWhereTheEngineSaysNothing() {
        for (int i = 0; i < 6; i++) {
            view.onStart(25);
        }
        view.onPrompt(25);
        assertThat(view.load()).isEqualTo(new WorkerLoad(4, 2, 125, 15, 400));
        view.onEnd(25, true);
        view.onEnd(25, false);
        assertThat(view.load()).isEqualTo(new WorkerLoad(4, 0, 100, 10, 400));
    }

    @Test
    void addsWhatWasStartedSinceTheEngineSaid() {
        view.onStart(20);
        view.onPrompt(20);
        view.onSample(Optional.of(new LoadSample(3, 2, 0.25)));
        assertThat(view.load()).isEqualTo(new WorkerLoad(3, 2, 0, 100, 400));
        view.onStart(30);
        assertThat(view.load()).isEqualTo(new WorkerLoad(4, 2, 30, 103, 400));
        view.onEnd(30, false);
        view.onEnd(20, true);
        assertThat(view.load()).isEqualTo(new WorkerLoad(3, 1, 0, 98, 400));
    }

    @Test
    void neverSaysFewerThanItHasOpen() {
        view.onSample(Optional.of(new LoadSample(0, 0, 0)));
        view.onStart(10);
        view.onStart(10);
        view.onSample(Optional.of(new LoadSample(0, 0, 0)));
        WorkerLoad load = view.load();
        assertThat(load.running() + load.waiting()).isEqualTo(2);
    }

    @Test
    void readsTheMetricsOfEachEngine() {
        PrometheusText page = PrometheusText.parse("""
                # HELP vllm:num_requests_running x
                vllm:num_requests_running{engine="0",model_name="a\\"},b"} 2.0
                vllm:num_requests_running{engine="1",model_name="a"} 3
                vllm:num_requests_waiting{engine="0"} 1e0 1700000000
                vllm:kv_cache_usage_perc{engine="0"} 0.5
                vllm:kv_cache_usage_perc{engine="1"} 0.25
                broken{
                broken{a="b
                vllm:num_requests_running nonsense
                x +Inf
                """);
        assertThat(LoadMetrics.VLLM.read(page)).contains(new LoadSample(5, 1, 0.375));
        assertThat(LoadMetrics.SGLANG.read(page)).isEmpty();
        assertThat(page.samples("vllm:num_requests_running").getFirst().labels())
                .containsEntry("model_name", "a\"},b");
        assertThat(page.sum("x")).hasValue(Double.POSITIVE_INFINITY);
    }

    @Test
    void believesTokensBeforeHealthPages() {
        Vitality vitality = new Vitality();
        vitality.onHealth(false);
        assertThat(vitality.state()).isEqualTo(WorkerState.READY);
        vitality.onHealth(false);
        assertThat(vitality.state()).isEqualTo(WorkerState.UNREACHABLE);
        vitality.onHealth(true);
        assertThat(vitality.state()).isEqualTo(WorkerState.READY);
        vitality.onLost();
        assertThat(vitality.state()).isEqualTo(WorkerState.UNREACHABLE);
        assertThat(vitality.wantsCanary()).isFalse();
        vitality.onSilence();
        vitality.onHealth(true);
        assertThat(vitality.state()).isEqualTo(WorkerState.UNREACHABLE);
        assertThat(vitality.wantsCanary()).isTrue();
        vitality.onTokens();
        assertThat(vitality.state()).isEqualTo(WorkerState.READY);
    }
}
