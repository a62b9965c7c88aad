package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A worker behind a session is the worker itself, and what breaks between them is told. */
class SessionTest {
    private static final long ID = 0x77;
    private static final SessionLimits QUICK = SessionLimits.DEFAULT.withBusySilence(Duration.ofMillis(300));

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CountingWorker inside = new CountingWorker(ID);
    private final List<WorkerState> states = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Test
    void outputCreditAndUsageAreThoseOfTheWorker() throws Exception {
        RemoteWorker worker = ready(serve(Credentials.NONE));
        assertThat(worker.card()).isEqualTo(CountingWorker.CARD);
        assertThat(worker.id()).isEqualTo(inside.id());

        Collected sink = new Collected();
        Generation generation = worker.start(request(10, 2, 4), sink);
        Collected.await("the credit is used", () -> sink.tokens(1).size() == 4);
        assertThat(sink.end).isNotDone();
        generation.grant(3);
        Collected.await("what was granted came", () -> sink.tokens(1).size() == 7);
        generation.grant(100);

        assertThat(sink.await().usage()).isEqualTo(new Usage(3, 0, 10));
        assertThat(sink.tokens(0))
                .isEqualTo(IntStream.rangeClosed(8, 17).boxed().toList());
        assertThat(sink.tokens(1)).isEqualTo(sink.tokens(0));
        assertThat(sink.deltas.getLast().finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(sink.cachedTokens).isEqualTo(2);
    }

    @Test
    void aWorkerInDoubtIsUnreachableUntilItAnswers() throws Exception {
        RemoteWorker worker = ready(serve(Credentials.NONE));
        worker.doubt();
        Collected.await("it has answered", () -> worker.state() == WorkerState.READY);

        Relay relay = own(new Relay(serve(Credentials.NONE).address()));
        RemoteWorker held = ready(connect(relay.address(), Credentials.NONE, QUICK));
        relay.freeze(true);
        held.doubt();
        assertThat(held.state()).isEqualTo(WorkerState.UNREACHABLE);
        relay.freeze(false);
        Collected.await("it has answered after all", () -> held.state() == WorkerState.READY);
    }

    @Test
    void theLoadOfAWorkerThatIsNeverSilentIsKnown() throws Exception {
        RemoteWorker worker = ready(serve(Credentials.NONE));
        assertThat(worker.load().running()).isZero();
        Generation generation = worker.start(request(100_000, 1, 1), new Collected());
        Collected.await("its load is told", () -> {
            generation.grant(1);
            return worker.load().running() == 1;
        });
        generation.cancel();
    }

    @Test
    void eachCallerIsToldWhatTheOthersGaveAndForgetsThoseThatAreGone() throws Exception {
        WorkerServer server = serve(Credentials.NONE);
        Relay relay = own(new Relay(server.address()));
        RemoteWorker mine = ready(connect(server.address(), Credentials.NONE, QUICK));
        RemoteWorker other = ready(connect(relay.address(), Credentials.NONE, QUICK));

        Generation wide = other.start(request(100_000, 2, 1), new Collected());
        other.start(request(100_000, 1, 1), new Collected());
        Collected.await("three choices of two requests", () -> mine.othersLoad().requests() == 3);
        assertThat(other.othersLoad()).isEqualTo(OthersLoad.NONE);
        assertThat(mine.othersLoad().blocks()).isEqualTo(2);

        RemoteWorker late = ready(connect(server.address(), Credentials.NONE, QUICK));
        Collected.await("who comes later knows too", () -> late.othersLoad().requests() == 3);

        wide.grant(15);
        Collected.await("what grew", () -> mine.othersLoad().blocks() == 4);
        wide.cancel();
        Collected.await("what ended", () -> mine.othersLoad().requests() == 1);

        mine.start(request(100_000, 1, 1), new Collected());
        Collected.await("both sides", () -> other.othersLoad().requests() == 1);
        relay.cut();
        Collected.await("who is gone is forgotten", () -> mine.othersLoad().equals(OthersLoad.NONE));
        Collected.await("who came back is told again", () -> other.othersLoad().requests() == 1);
    }

    @Test
    void taintsAreToldAndMayChange() throws Exception {
        WorkerServer server = own(WorkerServer.listen(loopback(), Credentials.NONE, QUICK, transport()));
        HostedWorker hosted = server.host(WorkerDescription.loading(inside.id(), "test", List.of("counting"), "")
                .withTaints(Set.of("rack-a")));
        hosted.ready(inside, List.of(TextContent.of("tokenizer.json", new byte[] {1, 2, 3})));
        RemoteWorker worker = ready(server);
        assertThat(worker.taints()).containsExactly("rack-a");
        hosted.taint(Set.of("rack-b", "gold"));
        Collected.await("the new ones", () -> worker.taints().equals(Set.of("rack-b", "gold")));
    }

    @Test
    void aRequestArrivesAsItWasSent() throws Exception {
        RemoteWorker worker = ready(serve(Credentials.NONE));
        GenerationRequest sent = new GenerationRequest(
                new RequestId("r"),
                TokenIds.of(5, 70_000, 7),
                new Sampling(0.5f, 0.25f, 9, 0.125f, 1.5f, -1f, 2f, java.util.Map.of(3, -4f), -12L),
                new Stopping(6, 2, java.util.Set.of(8, 9), true),
                new CacheScope("adapter", "tenant"),
                3,
                0,
                5,
                -7,
                Duration.ofMillis(12_345),
                16,
                new io.jynamo.protocol.Resumption(2, 4),
                "as text");
        Collected sink = new Collected();
        worker.start(sent, sink);
        sink.await();
        assertThat(inside.started.getFirst().request).isEqualTo(sent);
    }

    @Test
    void whatOutputIsHeldToArrivesAsItWasSent() throws Exception {
        RemoteWorker worker = ready(serve(Credentials.NONE));
        var thinking = new OutputConstraint.Thinking(true, List.of("<think>"), List.of("</think>", "◁/think▷"));
        var call = new OutputConstraint.Call("head", "{\"type\":\"object\"}", true, "tail");
        List<OutputConstraint> all = List.of(
                OutputConstraint.of(new OutputConstraint.JsonObject(true)),
                OutputConstraint.of(new OutputConstraint.JsonSchema("{\"enum\":[\"é\"]}", true, true)),
                OutputConstraint.of(new OutputConstraint.Regex("[a-z]+é")),
                OutputConstraint.of(new OutputConstraint.OneOf(List.of("yes", "", "no"))),
                OutputConstraint.of(new OutputConstraint.Grammar("root ::= \"a\"")),
                new OutputConstraint(
                        new OutputConstraint.Calls(
                                "<c>", List.of(call, call), ",", "</c>", true, true, List.of("<c>", "</c>")),
                        thinking));
        for (OutputConstraint constraint : all) {
            GenerationRequest sent =
                    request(1, 1, GenerationRequest.UNLIMITED_CREDIT).withConstraint(constraint);
            Collected sink = new Collected();
            worker.start(sent, sink);
            sink.await();
            assertThat(inside.started.getLast().request.constraint()).isEqualTo(constraint);
        }
    }

    @Test
    void cancellingReachesTheWorkerWholeOrByChoice() throws Exception {
        RemoteWorker worker = ready(serve(Credentials.NONE));
        Collected sink = new Collected();
        Generation generation = worker.start(request(1000, 2, 1), sink);
        Collected.await("it runs", () -> !sink.deltas.isEmpty());
        generation.cancel(1);
        Collected.await(
                "the choice is cancelled",
                () -> inside.started.getFirst().cancelledChoices.contains(1));
        generation.cancel();
        sink.await();
        assertThat(inside.started.getFirst().cancelled).isTrue();
        assertThatThrownBy(() -> generation.cancel(2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyStreamsShareOneConnection() throws Exception {
        WorkerServer server = serve(Credentials.NONE);
        SessionLimits patient = SessionLimits.DEFAULT.withBusySilence(Duration.ofSeconds(10)); // all at once is much
        RemoteWorker worker = ready(connect(server.address(), Credentials.NONE, patient));
        List<Collected> sinks =
                IntStream.range(0, 500).mapToObj(i -> new Collected()).toList();
        for (Collected sink : sinks) {
            worker.start(request(50, 1, GenerationRequest.UNLIMITED_CREDIT), sink);
        }
        for (Collected sink : sinks) {
            assertThat(sink.await().usage().output()).isEqualTo(50);
            assertThat(sink.tokens(0)).hasSize(50);
        }
        assertThat(server.sessions()).isEqualTo(1);
    }

    @Test
    void aBrokenConnectionEndsItsStreamsAndIsOpenedAgain() throws Exception {
        WorkerServer server = serve(Credentials.NONE);
        Relay relay = own(new Relay(server.address()));
        RemoteWorker worker = ready(connect(relay.address(), Credentials.NONE, QUICK));
        Collected sink = new Collected();
        worker.start(request(1000, 1, 1), sink);
        Collected.await("it runs", () -> !sink.deltas.isEmpty());

        relay.cut();

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.WORKER_LOST);
        Collected.await("the worker cancels what nobody hears", () -> inside.started.getFirst().cancelled);
        Collected.await("it was lost", () -> states.contains(WorkerState.UNREACHABLE));
        Collected.await("it is ready again", () -> states.getLast() == WorkerState.READY);
        assertThat(states).containsSubsequence(WorkerState.READY, WorkerState.UNREACHABLE, WorkerState.READY);
        Collected again = new Collected();
        worker.start(request(5, 1, 100), again);
        assertThat(again.await().failure()).isNull();
    }

    @Test
    void aWorkerThatFallsSilentIsGivenUp() throws Exception {
        WorkerServer server = serve(Credentials.NONE);
        Relay relay = own(new Relay(server.address()));
        RemoteWorker worker = ready(connect(relay.address(), Credentials.NONE, QUICK));
        Collected sink = new Collected();
        worker.start(request(1000, 1, 1), sink);
        Collected.await("it runs", () -> !sink.deltas.isEmpty());

        relay.freeze(true);

        assertThat(sink.failure().message()).contains("silent");
        relay.freeze(false);
        Collected.await("it is ready again", () -> worker.state() == WorkerState.READY);
    }

    @Test
    void aSlowStreamOfALivingWorkerIsNotGivenUp() throws Exception {
        RemoteWorker worker = ready(connect(serve(Credentials.NONE).address(), Credentials.NONE, QUICK));
        Collected sink = new Collected();
        Generation generation = worker.start(request(3, 1, 1), sink);
        Collected.await("it runs", () -> !sink.deltas.isEmpty());
        long end = System.nanoTime() + QUICK.busySilence().toNanos() * 3;
        Collected.await("three times the silence is over", () -> System.nanoTime() > end);
        generation.grant(10);
        assertThat(sink.await().failure()).isNull();
    }

    @Test
    void aStreamEndsSomeTimeAfterItWasCancelledWhateverTheWorkerDoes() throws Exception {
        WorkerServer server = own(WorkerServer.listen(loopback(), Credentials.NONE, QUICK, transport()));
        server.host(WorkerDescription.loading(inside.id(), "test", List.of("counting"), ""))
                .ready(new HangingWorker(ID), List.of(TextContent.of("tokenizer.json", new byte[] {1})));
        RemoteWorker worker = ready(connect(server.address(), Credentials.NONE, QUICK));
        Collected sink = new Collected();
        worker.start(request(3, 1, 1), sink).cancel();
        assertThat(sink.await().failure()).isNull();

        Collected late = new Collected();
        worker.start(request(3, 1, 1).withTimeLimit(Duration.ofMillis(100)), late);
        assertThat(late.failure().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void theFleetsTokenOpensASessionAndNothingElseDoes() throws Exception {
        Credentials ours = new Credentials("a token of sixteen", null);
        WorkerServer server = serve(ours);
        ready(connect(server.address(), ours, QUICK));
        refused(connect(server.address(), new Credentials("another token of 16", null), QUICK), "fleet's token");
        refused(connect(server.address(), Credentials.NONE, QUICK), "fleet's token");
        // A stranger who took a worker's place does not get as far as to see a request.
        refused(connect(serve(Credentials.NONE).address(), ours, QUICK), "none of ours");
    }

    @Test
    void anAddressStrangersCanReachNeedsCredentials() {
        assertThatThrownBy(() ->
                        WorkerServer.listen(new InetSocketAddress("0.0.0.0", 0), Credentials.NONE, QUICK, transport()))
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("--fleet-token-file");
    }

    @Test
    void anotherWorkerAtTheSameAddressIsNotTakenForTheOneMeant() throws Exception {
        WorkerServer server = serve(Credentials.NONE);
        RemoteWorker stranger = own(RemoteWorker.connect(
                new RemoteWorker.Target(new WorkerId(0x99), server.address(), Credentials.NONE),
                QUICK,
                transport(),
                worker -> {}));
        refused(stranger, "no such worker");
    }

    @Test
    void kvEventsComeWithTheirSnapshotAndALossIsTold() throws Exception {
        WorkerServer server = serve(Credentials.NONE);
        Relay relay = own(new Relay(server.address()));
        RemoteWorker worker = ready(connect(relay.address(), Credentials.NONE, QUICK));
        inside.store();
        List<KvEvent> events = new CopyOnWriteArrayList<>();
        AutoCloseable subscription = worker.subscribe(events::add);
        Collected.await("the snapshot", () -> events.size() == 1);
        inside.store();
        Collected.await("the event after it", () -> events.size() == 2);
        assertThat(events).extracting(KvEvent::id).containsExactly(1L, 2L);

        relay.cut();
        Collected.await("the loss is told", () -> events.getLast() instanceof KvEvent.Lost);
        subscription.close();
        List<KvEvent> again = new CopyOnWriteArrayList<>();
        AutoCloseable second = worker.subscribe(again::add);
        Collected.await("a new snapshot", () -> !again.isEmpty());
        second.close();
        Collected.await("the worker is told", () -> inside.listeners() == 0);
    }

    @Test
    void digestsComeInLineWithTheEventsAndTheWorkerSaysHowFarItIs() throws Exception {
        RemoteWorker worker = ready(serve(Credentials.NONE));
        assertThat(worker.eventProgress()).isEmpty();
        List<KvEvent> events = new CopyOnWriteArrayList<>();
        AutoCloseable subscription = worker.subscribe(events::add);
        Collected.await("the snapshot", () -> events.size() == 1);
        long before = System.nanoTime();
        inside.store();
        KvEvent.Digest digest = inside.digest();
        inside.store();
        Collected.await("all of it", () -> events.size() == 4);
        assertThat(events).extracting(KvEvent::id).containsExactly(0L, 1L, 1L, 2L);
        assertThat(events.get(2)).isEqualTo(digest);
        Collected.await(
                "it says so when asked",
                () -> worker.eventProgress().filter(told -> told.lastId() == 2).isPresent());
        assertThat(worker.eventProgress().orElseThrow().askedNanos() - System.nanoTime())
                .isNegative();
        Collected.await(
                "it is asked again and again",
                () -> worker.eventProgress()
                        .filter(told -> told.askedNanos() - before > 0)
                        .isPresent());
        subscription.close();
    }

    @Test
    void aTextFileComesAsItIs() throws Exception {
        byte[] large = new byte[3_000_000];
        new Random(4).nextBytes(large);
        WorkerServer server = own(WorkerServer.listen(loopback(), Credentials.NONE, QUICK, transport()));
        TextContent tokenizer = TextContent.of("tokenizer.json", large);
        TextContent empty = TextContent.of("empty.json", new byte[0]);
        server.host(WorkerDescription.loading(inside.id(), "test", List.of("counting"), ""))
                .ready(inside, List.of(tokenizer, empty));
        RemoteWorker worker = ready(connect(server.address(), Credentials.NONE, QUICK));
        var out = new ByteArrayOutputStream();
        worker.fetch(tokenizer.file(), out, Duration.ofSeconds(20));
        assertThat(out.toByteArray()).isEqualTo(large);
        out.reset();
        worker.fetch(empty.file(), out, Duration.ofSeconds(20));
        assertThat(out.size()).isZero();
        TextFile wrong = new TextFile("tokenizer.json", 5, new byte[32]);
        assertThatThrownBy(() -> worker.fetch(wrong, out, Duration.ofSeconds(20)))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void aRetiredWorkerFinishesWhatItHas() throws Exception {
        WorkerServer server = serve(Credentials.NONE);
        RemoteWorker worker = ready(server);
        Collected sink = new Collected();
        Generation generation = worker.start(request(10, 1, 1), sink);
        Collected.await("it runs", () -> !sink.deltas.isEmpty());
        worker.retire();
        Collected.await("it takes no more", () -> worker.state() == WorkerState.GONE);
        generation.grant(100);
        assertThat(sink.await().failure()).isNull();
        Collected.await("the session closes", () -> server.sessions() == 0);
    }

    @Test
    void loadingReadyDrainingAndGoneAreTold() throws Exception {
        WorkerServer server = own(WorkerServer.listen(loopback(), Credentials.NONE, QUICK, transport()));
        HostedWorker hosted = server.host(WorkerDescription.loading(inside.id(), "test", List.of("counting"), ""));
        RemoteWorker worker = connect(server.address(), Credentials.NONE, QUICK);
        Collected.await("loading", () -> worker.state() == WorkerState.LOADING);
        Collected early = new Collected();
        worker.start(request(1, 1, 1), early);
        assertThat(early.failure().code()).isEqualTo(ErrorCode.NOT_READY);
        hosted.loading("half of it");
        Collected.await("progress", () -> described(worker).progress().equals("half of it"));
        hosted.ready(inside, List.of());
        Collected.await("ready", () -> worker.state() == WorkerState.READY);
        hosted.become(WorkerState.DRAINING);
        Collected.await("draining", () -> worker.state() == WorkerState.DRAINING);
        hosted.become(WorkerState.GONE);
        Collected.await("gone", () -> worker.state() == WorkerState.GONE);
    }

    private static final class HangingWorker implements io.jynamo.protocol.Worker {
        private final CountingWorker other;

        HangingWorker(long id) {
            other = new CountingWorker(id);
        }

        @Override
        public WorkerId id() {
            return other.id();
        }

        @Override
        public io.jynamo.protocol.ModelCard card() {
            return other.card();
        }

        @Override
        public Generation start(GenerationRequest request, io.jynamo.protocol.OutputSink sink) {
            return new CountingWorker.Counting(request, sink); // that never runs
        }

        @Override
        public io.jynamo.protocol.WorkerLoad load() {
            return other.load();
        }

        @Override
        public AutoCloseable subscribe(java.util.function.Consumer<KvEvent> listener) {
            return other.subscribe(listener);
        }
    }

    private static GenerationRequest request(int tokens, int choices, int credit) {
        return new GenerationRequest(
                new RequestId("request"),
                TokenIds.of(5, 6, 7),
                Sampling.GREEDY,
                Stopping.after(tokens),
                CacheScope.SHARED,
                choices,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMinutes(1),
                credit);
    }

    private static WorkerDescription described(RemoteWorker worker) {
        return java.util.Objects.requireNonNull(worker.description());
    }

    private static void refused(RemoteWorker worker, String why) {
        Collected.await(
                "refused: " + worker.lastFailure(), () -> worker.lastFailure().contains(why));
        assertThat(worker.state()).isEqualTo(WorkerState.UNREACHABLE);
    }

    private WorkerServer serve(Credentials credentials) {
        WorkerServer server = own(WorkerServer.listen(loopback(), credentials, QUICK, transport()));
        server.host(WorkerDescription.loading(inside.id(), "test", List.of("counting"), ""))
                .ready(inside, List.of(TextContent.of("tokenizer.json", new byte[] {1, 2, 3})));
        return server;
    }

    private RemoteWorker ready(WorkerServer server) {
        return ready(connect(server.address(), Credentials.NONE, QUICK));
    }

    private RemoteWorker ready(RemoteWorker worker) {
        Collected.await("ready", () -> worker.state() == WorkerState.READY);
        return worker;
    }

    private RemoteWorker connect(InetSocketAddress address, Credentials credentials, SessionLimits limits) {
        return own(RemoteWorker.connect(
                new RemoteWorker.Target(new WorkerId(ID), address, credentials),
                limits,
                transport(),
                changed -> states.add(changed.state())));
    }

    private Transport transport() {
        return own(new Transport(1));
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private <T extends AutoCloseable> T own(T one) {
        opened.push(one);
        return one;
    }
}
