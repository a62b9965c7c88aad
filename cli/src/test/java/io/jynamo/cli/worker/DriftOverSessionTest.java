package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.engine.simulated.SimulatedEngine;
import io.jynamo.engine.simulated.TimingModel;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import io.jynamo.router.FeedStatus;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.runtime.session.Credentials;
import io.jynamo.runtime.session.RemoteWorker;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import io.jynamo.runtime.session.WorkerDescription;
import io.jynamo.runtime.session.WorkerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An event that is lost between an engine and a session, without a gap in the ids, is found by the engine's digest. */
class DriftOverSessionTest {
    private static final int BLOCK = 16;

    @Test
    void what_a_worker_lost_without_a_gap_is_read_anew() throws Exception {
        var vocabulary = new SimulatedEngine.Vocabulary(512, 1, (prompt, seed, most) -> new int[] {2, 3, 4});
        try (var engine = new SimulatedEngine(
                        new WorkerId(7),
                        EngineOptions.of("sim", 1024, 256),
                        vocabulary,
                        TimingModel.INSTANT,
                        TimeSource.SYSTEM,
                        1);
                var transport = new Transport(1);
                var server = WorkerServer.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Credentials.NONE,
                        SessionLimits.DEFAULT,
                        transport)) {
            Losing losing = new Losing(engine);
            server.host(WorkerDescription.loading(engine.id(), "sim", List.of("sim"), ""))
                    .ready(losing, List.of());
            var target = new RemoteWorker.Target(engine.id(), server.address(), Credentials.NONE);
            try (var remote = RemoteWorker.connect(target, SessionLimits.DEFAULT, transport, worker -> {});
                    var router =
                            new PolicyRouter(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK), new Random(1))) {
                TestFleet.await("the worker", () -> remote.state() == WorkerState.READY);
                router.add(remote);
                prefill(remote, 1, 4);
                TestFleet.await("its blocks", () -> router.status().indexBlocks() == 4);

                losing.loseNext();
                prefill(remote, 2, 3);
                prefill(remote, 3, 2);
                TestFleet.await("the drift", () -> feed(router).drifts() == 1);
                TestFleet.await("the blocks of all three", () -> router.status().indexBlocks() == 9);
                assertThat(router.status().workers().getFirst().eventGaps()).isZero();
                TestFleet.await("the lag", () -> feed(router).ageNanos() > 0);
                assertThat(feed(router).behind()).isZero();
            }
        }
    }

    private static FeedStatus feed(PolicyRouter router) {
        return router.status().workers().getFirst().feed();
    }

    /** Has the worker store that many blocks. */
    private static void prefill(Worker worker, int seed, int blocks) throws Exception {
        var ended = new CompletableFuture<GenerationEnd>();
        int[] prompt = IntStream.range(0, blocks * BLOCK)
                .map(i -> 2 + (i * 31 + seed * 97) % 500)
                .toArray();
        worker.start(
                GenerationRequest.of(
                        new RequestId("r" + seed), TokenIds.of(prompt), Sampling.GREEDY, Stopping.after(2)),
                new OutputSink() {
                    @Override
                    public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {}

                    @Override
                    public void onDelta(TokenDelta delta) {}

                    @Override
                    public void onFinished(GenerationEnd end) {
                        ended.complete(end);
                    }
                });
        assertThat(ended.get(60, TimeUnit.SECONDS).failure()).isNull();
    }

    /** An engine, one of whose events nobody hears of: those after it, and digests, have ids as if it had never been. */
    private static final class Losing implements Worker {
        private final Worker engine;
        private volatile boolean losesNext;

        Losing(Worker engine) {
            this.engine = engine;
        }

        void loseNext() {
            losesNext = true;
        }

        @Override
        public AutoCloseable subscribe(Consumer<KvEvent> listener) {
            return engine.subscribe(new Consumer<>() {
                private long lost;

                @Override
                public void accept(KvEvent event) {
                    if (losesNext && event instanceof KvEvent.Stored) {
                        losesNext = false;
                        lost++;
                        return;
                    }
                    listener.accept(numbered(event, event.id() - lost));
                }
            });
        }

        private static KvEvent numbered(KvEvent event, long id) {
            return switch (event) {
                case KvEvent.Stored stored -> new KvEvent.Stored(id, stored.parent(), stored.blocks(), stored.tier());
                case KvEvent.Removed removed -> new KvEvent.Removed(id, removed.blocks(), removed.tier());
                case KvEvent.Cleared cleared -> new KvEvent.Cleared(id);
                case KvEvent.Lost all -> all;
                case KvEvent.Digest digest -> new KvEvent.Digest(id, digest.tiers());
            };
        }

        @Override
        public WorkerId id() {
            return engine.id();
        }

        @Override
        public ModelCard card() {
            return engine.card();
        }

        @Override
        public Generation start(GenerationRequest request, OutputSink sink) {
            return engine.start(request, sink);
        }

        @Override
        public WorkerLoad load() {
            return engine.load();
        }
    }
}
