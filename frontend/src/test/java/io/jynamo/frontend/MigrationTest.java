package io.jynamo.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputConstraint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Answers whose worker fails: what goes on, with what, and when it does not. */
class MigrationTest {
    private static final String ANSWER = "The river remembers the first words of a song.";

    @Test
    void anAnswerGoesOnWhereItsWorkerFailed() throws Exception {
        try (ServerFixture server = failing(2, 10)) {
            JsonNode answer = ServerFixture.json(server.post("/v1/completions", """
                    {"model":"org/test-model","prompt":"tell","max_tokens":100,"seed":7}"""));
            assertThat(answer.path("choices").path(0).path("text").asString()).isEqualTo(ANSWER);
            assertThat(answer.path("choices").path(0).path("finish_reason").asString())
                    .isEqualTo("stop");
            assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(ANSWER.length());
            assertThat(answer.path("usage").path("prompt_tokens").asInt())
                    .isEqualTo(server.worker
                            .started()
                            .getFirst()
                            .request()
                            .prompt()
                            .count());

            List<GenerationRequest> asked = server.worker.started().stream()
                    .map(ScriptedWorker.Running::request)
                    .toList();
            assertThat(asked).hasSize(3);
            GenerationRequest last = asked.getLast();
            assertThat(last.resumption().outputTokens()).isEqualTo(20);
            assertThat(last.prompt().count())
                    .isEqualTo(asked.getFirst().prompt().count() + 20);
            assertThat(last.stopping().maxTokens()).isEqualTo(80);
            assertThat(last.sampling().seed()).isEqualTo(7);
            assertThat(asked.stream().map(GenerationRequest::id).distinct()).hasSize(3);
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void whatWasSaidByAnEngineThatTellsNoIdsIsWhatTheNextGoesOnFrom() throws Exception {
        try (ServerFixture server = failing(2, 10)) {
            server.worker.tellingText();
            JsonNode answer = ServerFixture.json(server.post("/v1/completions", """
                    {"model":"org/test-model","prompt":"tell","max_tokens":100}"""));
            assertThat(answer.path("choices").path(0).path("text").asString()).isEqualTo(ANSWER);
            List<GenerationRequest> asked = server.worker.started().stream()
                    .map(ScriptedWorker.Running::request)
                    .toList();
            int prompt = asked.getFirst().prompt().count();
            GenerationRequest last = asked.getLast();
            assertThat(last.prompt().slice(prompt, prompt + 20).toArray())
                    .containsExactly(new ByteTokenizer()
                            .encode(ANSWER.substring(0, 20), io.jynamo.text.Tokenizer.SpecialText.PLAIN));
            assertThat(last.stopping().maxTokens()).isEqualTo(80);
        }
    }

    @Test
    void whatOutputIsHeldToGoesWithIt() throws Exception {
        try (ServerFixture server = fixture(new ScriptedWorker(failingFirst(2, 10)).constrained())) {
            server.post("/v1/completions", """
                    {"model":"org/test-model","prompt":"tell","max_tokens":100,"guided_regex":".*"}""");
            assertThat(server.worker.started())
                    .hasSize(3)
                    .allSatisfy(running -> assertThat(running.request().constraint())
                            .isEqualTo(OutputConstraint.of(new OutputConstraint.Regex(".*"))));
        }
    }

    @Test
    void aStopTextAcrossTheSeamIsFound() throws Exception {
        // "remembers" is token 10 to 18 of the answer: the worker fails in the middle of it.
        try (ServerFixture server = failing(1, 14)) {
            JsonNode answer = ServerFixture.json(server.post("/v1/completions", """
                    {"model":"org/test-model","prompt":"tell","max_tokens":100,"stop":"remembers"}"""));
            assertThat(answer.path("choices").path(0).path("text").asString()).isEqualTo("The river ");
            assertThat(answer.path("choices").path(0).path("finish_reason").asString())
                    .isEqualTo("stop");
        }
    }

    @Test
    void nothingIsGeneratedTwiceWhenTheLimitWasReached() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        try (ServerFixture server = fixture(request -> {
            starts.incrementAndGet();
            // All its tokens came, and it died before it said so.
            return new Script(bytes(ANSWER.substring(0, 12)), FinishReason.STOP, null, lost(), null);
        })) {
            JsonNode answer = ServerFixture.json(server.post("/v1/completions", """
                    {"model":"org/test-model","prompt":"tell","max_tokens":12}"""));
            assertThat(answer.path("choices").path(0).path("text").asString()).isEqualTo("The river re");
            assertThat(answer.path("choices").path(0).path("finish_reason").asString())
                    .isEqualTo("length");
            assertThat(starts).hasValue(1);
        }
    }

    @Test
    void workersThatFailOneAfterTheOtherEndItWithTheirNumber() throws Exception {
        try (ServerFixture server = failing(100, 3)) {
            JsonNode answer = ServerFixture.json(server.post("/v1/completions", """
                    {"model":"org/test-model","prompt":"tell","max_tokens":100}"""));
            assertThat(answer.path("error").path("code").asString()).isEqualTo("worker_lost");
            assertThat(answer.path("error").path("message").asString()).contains("4 workers failed");
            assertThat(server.worker.started()).hasSize(4);
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void whenTooManyRequestsWereRetriedTheRestEndWithTheirWorkersError() throws Exception {
        String ask = """
                {"model":"org/test-model","prompt":"tell","max_tokens":100}""";
        try (ServerFixture server = failing(Integer.MAX_VALUE, 0)) {
            String refused = "";
            int asked = 0;
            while (!refused.contains("retry budget")
                    && asked < 200) { // three retries of each, and a hundred are allowed
                refused = server.post("/v1/completions", ask).body();
                asked++;
            }
            assertThat(asked).isBetween(33, 60);
            assertThat(ServerFixture.JSON
                            .readTree(refused)
                            .path("error")
                            .path("code")
                            .asString())
                    .isEqualTo("worker_lost");
            assertThat(server.get("/metrics").body())
                    .containsPattern("dynamo_frontend_retry_budget_exhausted_total [1-9]");
        }
    }

    @Test
    void streamsThatLoseTheirWorkerInTheMiddleDoNotSpendTheBudget() throws Exception {
        String ask = """
                {"model":"org/test-model","prompt":"tell","max_tokens":100}""";
        try (ServerFixture server = fixture(request -> request.resumption().outputTokens() == 0
                ? new Script(bytes(ANSWER.substring(0, 12)), FinishReason.STOP, null, lost(), null)
                : Script.text(ANSWER.substring(12)))) {
            for (int i = 0; i < 150; i++) {
                assertThat(ServerFixture.json(server.post("/v1/completions", ask))
                                .path("choices")
                                .path(0)
                                .path("text")
                                .asString())
                        .isEqualTo(ANSWER);
            }
            assertThat(server.get("/metrics").body()).doesNotContainPattern("retry_budget_exhausted_total [1-9]");
        }
    }

    @Test
    void aFaultOfTheCallersIsNotTriedElsewhere() throws Exception {
        try (ServerFixture server = fixture(request -> new Script(
                List.of(),
                FinishReason.STOP,
                null,
                new GenerationEnd.Failure(ErrorCode.INVALID_REQUEST, "no such token"),
                null))) {
            JsonNode answer = ServerFixture.json(server.post("/v1/completions", """
                    {"model":"org/test-model","prompt":"tell","max_tokens":5}"""));
            assertThat(answer.path("error").path("code").asString()).isEqualTo("invalid_request");
            assertThat(server.worker.started()).hasSize(1);
        }
    }

    /** The first so many requests fail after so many tokens each; all say the answer from where they were asked to. */
    private static ServerFixture failing(int times, int tokens) {
        return fixture(failingFirst(times, tokens));
    }

    private static Function<GenerationRequest, Script> failingFirst(int times, int tokens) {
        AtomicInteger left = new AtomicInteger(times);
        return request -> {
            String rest = ANSWER.substring(request.resumption().outputTokens());
            if (left.getAndDecrement() > 0) {
                return new Script(
                        bytes(rest.substring(0, Math.min(tokens, rest.length()))),
                        FinishReason.STOP,
                        null,
                        lost(),
                        null);
            }
            return Script.text(rest);
        };
    }

    private static ServerFixture fixture(Function<GenerationRequest, Script> scripts) {
        return fixture(new ScriptedWorker(scripts));
    }

    private static ServerFixture fixture(ScriptedWorker worker) {
        return new ServerFixture(
                worker,
                options -> options.withGeneration(options.generation().withMigrations(3, Duration.ofSeconds(5))));
    }

    private static GenerationEnd.Failure lost() {
        return new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "it died");
    }

    private static List<Integer> bytes(String text) {
        List<Integer> ids = new ArrayList<>();
        for (int id : new ByteTokenizer().encode(text, io.jynamo.text.Tokenizer.SpecialText.PLAIN)) {
            ids.add(id);
        }
        return ids;
    }
}
