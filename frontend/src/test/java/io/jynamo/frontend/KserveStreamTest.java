package io.jynamo.frontend;

import static io.jynamo.frontend.KserveClient.flag;
import static io.jynamo.frontend.KserveClient.number;
import static io.jynamo.frontend.KserveClient.prompt;
import static io.jynamo.frontend.KserveClient.rawPrompt;
import static io.jynamo.frontend.KserveClient.streaming;
import static io.jynamo.frontend.KserveClient.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.http.HttpLimits;
import io.jynamo.frontend.kserve.wire.ModelInferRequest;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelStreamInferResponse;
import io.jynamo.protocol.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ModelStreamInfer over a real channel. */
@Timeout(60)
class KserveStreamTest {
    /** One stream, whose responses are taken when the test says so. */
    private static final class Stream extends ClientCall.Listener<ModelStreamInferResponse> {
        final ClientCall<ModelInferRequest, ModelStreamInferResponse> call;
        final List<ModelStreamInferResponse> responses = new CopyOnWriteArrayList<>();
        volatile @Nullable Status status;

        Stream(KserveClient client, CallOptions options) {
            call = client.channel().newCall(KserveClient.STREAM_INFER, options);
            call.start(this, new Metadata());
        }

        Stream(KserveClient client) {
            this(client, CallOptions.DEFAULT);
            call.request(1_000_000);
        }

        Stream ask(ModelInferRequest.Builder request) {
            call.sendMessage(request.build());
            return this;
        }

        @Override
        public void onMessage(ModelStreamInferResponse response) {
            responses.add(response);
        }

        @Override
        public void onClose(Status with, Metadata trailers) {
            status = with;
        }

        Status.Code code() {
            ServerFixture.await(() -> status != null);
            return ServerFixture.known(status).getCode();
        }

        ModelStreamInferResponse at(int index) {
            ServerFixture.await(() -> responses.size() > index || status != null);
            return responses.get(index);
        }

        List<ModelInferResponse> of(String id) {
            return responses.stream()
                    .map(ModelStreamInferResponse::getInferResponse)
                    .filter(response -> response.getId().equals(id))
                    .toList();
        }
    }

    private static boolean isLast(ModelInferResponse response) {
        return response.getParametersOrThrow("triton_final_response").getBoolParam();
    }

    private static String said(List<ModelInferResponse> responses) {
        return responses.stream()
                .filter(response -> response.getOutputsCount() > 0)
                .map(response -> texts(response, "text_output").getFirst())
                .collect(Collectors.joining());
    }

    private static ServerFixture over(ScriptedWorker worker) {
        return ServerFixture.withKserve(worker, options -> options);
    }

    @Test
    void textComesAsItIsMade() {
        Semaphore pace = new Semaphore(1);
        ScriptedWorker worker =
                new ScriptedWorker(request -> Script.text("Hello").paced(pace));
        try (ServerFixture server = over(worker);
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client).ask(prompt("hi").setId("a").addInputs(streaming()));
            assertThat(texts(stream.at(0).getInferResponse(), "text_output")).containsExactly("H");
            assertThat(texts(stream.at(0).getInferResponse(), "finish_reason")).containsExactly("");
            assertThat(isLast(stream.at(0).getInferResponse())).isFalse();
            pace.release(100);
            stream.call.halfClose();
            assertThat(stream.code()).isEqualTo(Status.Code.OK);
            List<ModelInferResponse> all = stream.of("a");
            assertThat(said(all)).isEqualTo("Hello");
            assertThat(texts(all.getLast(), "finish_reason")).containsExactly("stop");
            assertThat(isLast(all.getLast())).isTrue();
            assertThat(all.stream().filter(KserveStreamTest::isLast)).hasSize(1);
        }
    }

    @Test
    void withoutStreamingThereIsOneResponse() {
        try (ServerFixture server = over(new ScriptedWorker(request -> Script.text("Hello")));
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client)
                    .ask(rawPrompt("hi").putParameters("triton_enable_empty_final_response", flag(true)));
            stream.call.halfClose();
            assertThat(stream.code()).isEqualTo(Status.Code.OK);
            assertThat(stream.responses).hasSize(1);
            assertThat(said(stream.of(""))).isEqualTo("Hello");
            assertThat(isLast(stream.at(0).getInferResponse())).isTrue();
            assertThat(stream.at(0).getInferResponse().getRawOutputContentsCount())
                    .isEqualTo(2);
        }
    }

    @Test
    void requestsOfOneStreamRunBesideEachOther() {
        Semaphore slow = new Semaphore(0);
        ScriptedWorker worker = new ScriptedWorker(
                request -> request.prompt().count() > 3 ? Script.text("late").paced(slow) : Script.text("soon"));
        try (ServerFixture server = over(worker);
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client)
                    .ask(prompt("long").setId("a").addInputs(streaming()))
                    .ask(prompt("x").setId("b").addInputs(streaming()));
            ServerFixture.await(
                    () -> !stream.of("b").isEmpty() && isLast(stream.of("b").getLast()));
            assertThat(said(stream.of("b"))).isEqualTo("soon");
            assertThat(stream.of("a")).isEmpty();
            slow.release(10);
            stream.call.halfClose();
            assertThat(stream.code()).isEqualTo(Status.Code.OK);
            assertThat(said(stream.of("a"))).isEqualTo("late");
        }
    }

    @Test
    void moreThanMayRunAtOneTimeWaitTheirTurn() {
        try (ServerFixture server = over(new ScriptedWorker(request -> Script.text("ok")));
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client);
            for (int i = 0; i < 200; i++) {
                stream.ask(prompt("x").setId("n" + i));
            }
            stream.call.halfClose();
            assertThat(stream.code()).isEqualTo(Status.Code.OK);
            assertThat(stream.responses).hasSize(200);
        }
    }

    @Test
    void aRequestThatFailsSaysSoAndTheStreamGoesOn() {
        ScriptedWorker worker = new ScriptedWorker(request -> request.prompt().count() > 3
                ? Script.text("Hel").failing(ErrorCode.WORKER_LOST, "it burned down")
                : Script.text("fine"));
        try (ServerFixture server = over(worker);
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client)
                    .ask(prompt("x").setId("a").putParameters("nonsense", number(1)))
                    .ask(prompt("fail").setId("b").addInputs(streaming()))
                    .ask(prompt("x").setId("c"));
            stream.call.halfClose();
            assertThat(stream.code()).isEqualTo(Status.Code.OK);
            assertThat(message(stream, "a")).contains("nonsense");
            assertThat(message(stream, "b")).contains("it burned down");
            assertThat(stream.of("b")
                            .getLast()
                            .getParametersOrThrow("jynamo_error_code")
                            .getStringParam())
                    .isEqualTo("worker_lost");
            assertThat(isLast(stream.of("b").getLast())).isTrue();
            assertThat(said(stream.of("c"))).isEqualTo("fine");
            assertThat(server.node.running()).isZero();
        }
    }

    private static String message(Stream stream, String id) {
        return stream.responses.stream()
                .filter(response -> response.getInferResponse().getId().equals(id))
                .map(ModelStreamInferResponse::getErrorMessage)
                .collect(Collectors.joining());
    }

    @Test
    void ourDefectsStayInTheLog() {
        ScriptedWorker worker =
                new ScriptedWorker(request -> Script.text("").failing(ErrorCode.INTERNAL, "secret thing at line 7"));
        try (ServerFixture server = over(worker);
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client).ask(prompt("x").setId("a"));
            assertThat(stream.at(0).getErrorMessage()).contains("log").doesNotContain("secret");
            var refused = client.refusal(prompt("x"));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(refused.getStatus().getDescription()).doesNotContain("secret");
            stream.call.cancel("done", null);
        }
    }

    @Test
    void aCancelledStreamCancelsWhatRunsOnIt() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> Script.endless());
        try (ServerFixture server = over(worker);
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client).ask(prompt("a").addInputs(streaming()));
            stream.at(0);
            stream.call.cancel("enough", null);
            isFree(server, worker);
        }
    }

    private static void isFree(ServerFixture server, ScriptedWorker worker) {
        ServerFixture.await(() -> worker.started().getFirst().isCancelled());
        ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
    }

    @Test
    void aDeadlineCancelsTheRun() {
        Semaphore pace = new Semaphore(1);
        ScriptedWorker worker =
                new ScriptedWorker(request -> Script.text("never").paced(pace));
        try (ServerFixture server = over(worker);
                KserveClient client = new KserveClient(server)) {
            Stream stream = new Stream(client, CallOptions.DEFAULT.withDeadlineAfter(600, TimeUnit.MILLISECONDS));
            stream.call.request(100);
            stream.ask(prompt("a").addInputs(streaming()));
            assertThat(stream.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            isFree(server, worker);
        }
    }

    @Test
    void aLostConnectionCancelsTheRun() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> Script.endless());
        try (ServerFixture server = over(worker)) {
            KserveClient client = new KserveClient(server);
            new Stream(client).ask(prompt("a").addInputs(streaming())).at(0);
            client.close();
            isFree(server, worker);
        }
    }

    @Test
    void aClientThatReadsNothingPausesTheEngine() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> Script.endless());
        int tokens = 400_000;
        try (ServerFixture server = over(worker);
                KserveClient client = KserveClient.narrow(server)) {
            Stream stream = new Stream(client, CallOptions.DEFAULT);
            stream.ask(prompt("a").addInputs(streaming()).putParameters("max_tokens", number(tokens)));
            ScriptedWorker.Running running = stalled(worker);
            assertThat(running.steps()).isPositive().isLessThan(tokens / 2);
            assertThat(running.isOver()).isFalse();
            stream.call.request(1_000_000);
            stream.call.halfClose();
            assertThat(stream.code()).isEqualTo(Status.Code.OK);
            assertThat(said(stream.of(""))).hasSize(tokens);
        }
    }

    private static ScriptedWorker.Running stalled(ScriptedWorker worker) {
        ServerFixture.await(() -> !worker.started().isEmpty());
        ScriptedWorker.Running running = worker.started().getFirst();
        int before = -1;
        while (running.steps() != before || before == 0) {
            before = running.steps();
            LockSupport.parkNanos(300_000_000);
        }
        return running;
    }

    @Test
    void aClientThatNeverReadsIsCutOff() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> Script.endless());
        try (ServerFixture server = ServerFixture.withKserve(worker, options -> options.withHttp(impatient()));
                KserveClient client = KserveClient.narrow(server)) {
            new Stream(client, CallOptions.DEFAULT).ask(prompt("a").addInputs(streaming()));
            ServerFixture.await(() -> !worker.started().isEmpty());
            isFree(server, worker);
        }
    }

    static HttpLimits impatient() {
        return new HttpLimits(
                1 << 20,
                2 << 20,
                8 * 1024,
                8 * 1024,
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                4,
                8);
    }
}
