package io.jynamo.engine.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.CardOverrides;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.engine.vllm.VllmEngine;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.MediumName;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Conversations with media as each engine's own chat route gets them, and what becomes of its answers. */
class MediaDialectTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> PIECES = List.of(
            "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,",
            "\"}},{\"type\":\"text\",\"text\":\"what?\"}]}]");
    private static final Media DOT = new Media(Modality.IMAGE, "image/png", new byte[] {1, 2, 3});
    private static final String MESSAGES = PIECES.getFirst() + "AQID" + PIECES.getLast();

    /** The messages as vLLM gets them. */
    private static String named(@Nullable String salt) {
        return MESSAGES.replace("\"}},", "\"},\"uuid\":\"" + MediumName.of(DOT).within(salt) + "\"},");
    }

    private static MediaChat chat(@Nullable String tools) {
        return new MediaChat(PIECES, List.of(DOT), tools, "{\"enable_thinking\":false}", true, false, false);
    }

    private static GenerationRequest request(MediaChat chat) {
        return new GenerationRequest(
                        new RequestId("a"),
                        TokenIds.of(5, 6),
                        Sampling.GREEDY,
                        new Stopping(9, 2, Set.of(1), false),
                        new CacheScope(null, "tenant"),
                        1,
                        3,
                        GenerationRequest.NO_LOGPROBS,
                        0,
                        Duration.ofSeconds(9),
                        GenerationRequest.UNLIMITED_CREDIT,
                        Resumption.NONE,
                        null)
                .withChat(chat);
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    private static JsonNode body(CompletionsTraits traits, GenerationRequest request) {
        var dialect = new CompletionsDialect("http://e", "m", traits, Set.of());
        assertThat(dialect.path(request)).isEqualTo("/v1/chat/completions");
        return JSON.readTree(dialect.body(request));
    }

    @Test
    void vllmGetsTheConversationAsItIsAndTellsIds() {
        assertThat(body(CompletionsTraits.VLLM, request(chat("[{\"type\":\"function\"}]"))))
                .isEqualTo(json("""
                {"model":"m","messages":%s,"tools":[{"type":"function"}],"tool_choice":"none",
                 "chat_template_kwargs":{"enable_thinking":false},"stream":true,"stream_options":{"include_usage":true},
                 "max_tokens":9,"min_tokens":2,"stop_token_ids":[1],"temperature":0.0,"top_p":1.0,"top_k":0,"min_p":0.0,
                 "repetition_penalty":1.0,"presence_penalty":0.0,"frequency_penalty":0.0,"logprobs":true,"top_logprobs":3,
                 "return_tokens_as_token_ids":true,"return_token_ids":true,"cache_salt":"tenant"}""".formatted(named("tenant"))));
    }

    @Test
    void othersAreAskedForRawText() {
        GenerationRequest plain = GenerationRequest.of(
                        new RequestId("a"), TokenIds.of(5), Sampling.GREEDY, Stopping.after(9))
                .withChat(new MediaChat(PIECES, List.of(DOT), null, null, true, false, true));
        assertThat(body(CompletionsTraits.LLAMA_CPP, plain)).isEqualTo(json("""
                {"model":"m","messages":%s,"reasoning_format":"none","stream":true,"stream_options":{"include_usage":true},
                 "temperature":0.0,"top_p":1.0,"top_k":0,"min_p":0.0,"repeat_penalty":1.0,"presence_penalty":0.0,
                 "frequency_penalty":0.0}""".formatted(MESSAGES)));
        var sglang = CompletionsTraits.sglangChats(CompletionsTraits.VLLM.can(), false);
        JsonNode body =
                body(sglang, plain.withConstraint(OutputConstraint.of(new OutputConstraint.OneOf(List.of("a", "b")))));
        assertThat(body.path("separate_reasoning").asBoolean(true)).isFalse();
        assertThat(body.path("top_k").intValue()).isEqualTo(-1);
        assertThat(body.path("regex").asString("")).isEqualTo("(a|b)");
        assertThat(body.has("max_tokens")).isFalse();
        assertThat(body.has("return_token_ids")).isFalse();
    }

    @Test
    void whatAnEngineCannotGiveBesideMediaIsNamed() {
        GenerationRequest asked = request(chat("[]"));
        assertThat(missing(CompletionsTraits.VLLM, asked)).isEmpty();
        assertThat(missing(CompletionsTraits.LLAMA_CPP, asked)).containsExactly("tools");
        assertThat(missing(CompletionsTraits.TRTLLM, asked)).containsExactly("logprobs", "tools");
        assertThat(missing(CompletionsTraits.VLLM, asked.withPromptLogprobs(1))).containsExactly("prompt_logprobs");
        MediaChat continued = new MediaChat(PIECES, List.of(DOT), null, null, false, true, false);
        assertThat(missing(CompletionsTraits.LLAMA_CPP, asked.withChat(continued)))
                .containsExactly("continue_final_message");
    }

    private static List<String> missing(CompletionsTraits traits, GenerationRequest request) {
        return new CompletionsDialect("http://e", "m", traits, Set.of()).missingBesideMedia(request);
    }

    private static final class Heard implements OutputSink {
        private final List<TokenDelta> deltas = new ArrayList<>();
        private final CompletableFuture<GenerationEnd> end = new CompletableFuture<>();

        @Override
        public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {}

        @Override
        public void onDelta(TokenDelta delta) {
            deltas.add(delta);
        }

        @Override
        public void onFinished(GenerationEnd told) {
            end.complete(told);
        }
    }

    private static void vllm(FakeServer.Call call, FakeServer.Reply reply) throws IOException {
        switch (call.path()) {
            case "/v1/models" ->
                json(reply, 200, "{\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\",\"max_model_len\":4096}]}");
            case "/v1/completions" ->
                events(
                        reply,
                        "{\"choices\":[{\"index\":0,\"text\":\"x\",\"token_ids\":[7],\"finish_reason\":\"length\"}]}",
                        "[DONE]");
            case "/v1/chat/completions" ->
                events(
                        reply,
                        "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],"
                                + "\"prompt_token_ids\":[1]}",
                        "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"hm\"},\"token_ids\":[8],\"logprobs\":"
                                + "{\"content\":[{\"token\":\"token_id:8\",\"logprob\":-0.5,\"top_logprobs\":[]}]}}]}",
                        "{\"choices\":[{\"index\":0,\"delta\":{},\"token_ids\":[9,2],\"finish_reason\":\"tool_calls\"}]}",
                        "{\"choices\":[],\"usage\":{\"prompt_tokens\":600,\"completion_tokens\":3,"
                                + "\"prompt_tokens_details\":{\"cached_tokens\":512}}}",
                        "[DONE]");
            default -> json(reply, 404, "{}");
        }
    }

    private static void json(FakeServer.Reply reply, int status, String body) throws IOException {
        reply.whole(status, "application/json", body);
    }

    private static void events(FakeServer.Reply reply, String... data) throws IOException {
        reply.begin(200, "text/event-stream");
        for (String one : data) {
            reply.piece("data: " + one + "\n\n");
        }
        reply.end();
    }

    private static VllmEngine attach(FakeServer server, Set<Modality> modalities) {
        AttachOptions options = AttachOptions.of(server.url())
                .withCard(CardOverrides.ofVocabulary(1000).withModalities(modalities));
        return VllmEngine.attach(new WorkerId(1), options);
    }

    /** Whatever the engine's own parsers take out of the text, the ids are all there. */
    @Test
    void anAnswerIsItsIdsAndTheEngineCountsThePrompt() throws Exception {
        try (FakeServer server = new FakeServer(MediaDialectTest::vllm);
                VllmEngine engine = attach(server, Set.of(Modality.TEXT, Modality.IMAGE))) {
            assertThat(engine.card().modalities()).containsExactlyInAnyOrder(Modality.TEXT, Modality.IMAGE);
            Heard heard = new Heard();
            engine.start(request(chat("[]")), heard);
            GenerationEnd end = heard.end.get();
            assertThat(end.failure()).isNull();
            assertThat(end.usage().prompt()).isEqualTo(600);
            assertThat(end.usage().cached()).isEqualTo(512);
            assertThat(heard.deltas.stream()
                            .flatMapToInt(delta ->
                                    java.util.Arrays.stream(delta.tokens().toArray())))
                    .containsExactly(8, 9);
            assertThat(heard.deltas.getFirst().logprobs().getFirst().logprob()).isEqualTo(-0.5f);
            assertThat(server.calls().getLast().body()).contains("data:image/png;base64,AQID");
        }
    }

    @Test
    void aModelThatReadsNoImagesIsNotSentOne() throws Exception {
        try (FakeServer server = new FakeServer(MediaDialectTest::vllm);
                VllmEngine engine = attach(server, Modality.TEXT_ONLY)) {
            int before = server.calls().size();
            Heard heard = new Heard();
            engine.start(request(chat(null)), heard);
            GenerationEnd.Failure failure =
                    Objects.requireNonNull(heard.end.get().failure());
            assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
            assertThat(failure.message()).contains("image");
            assertThat(server.calls().stream().skip(before).map(FakeServer.Call::path))
                    .doesNotContain("/v1/chat/completions");
        }
    }

    /** Media outside of texts would let a client write members of the body. */
    @ParameterizedTest
    @ValueSource(
            strings = {"[{\"role\":|}]", "[|]", "{\"role\":\"|\"}", "[{\"role\":\"|\"}],\"kv_transfer_params\":{}"})
    void piecesThatAreNoConversationAreRefused(String messages) throws Exception {
        MediaChat forged = new MediaChat(List.of(messages.split("\\|")), List.of(DOT), null, null, true, false, false);
        try (FakeServer server = new FakeServer(MediaDialectTest::vllm);
                VllmEngine engine = attach(server, Set.of(Modality.TEXT, Modality.IMAGE))) {
            Heard heard = new Heard();
            engine.start(request(forged), heard);
            GenerationEnd.Failure failure =
                    Objects.requireNonNull(heard.end.get().failure());
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void anEngineThatTakesReasoningOutOfTextIsToldOn() {
        var reader = new CompletionsDialect("http://e", "m", CompletionsTraits.LLAMA_CPP, Set.of())
                .reader(request(chat(null)));
        List<Object> parts = new ArrayList<>();
        reader.onEvent(
                new io.jynamo.engine.attached.SseEvent(
                        "message", "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"}}]}"),
                parts::add);
        assertThat(parts.toString()).contains("INVALID_CONFIGURATION", "start it without a parser");
    }
}
