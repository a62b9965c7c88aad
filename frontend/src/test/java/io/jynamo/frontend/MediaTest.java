package io.jynamo.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.media.MediaLimits;
import io.jynamo.frontend.media.Pictures;
import io.jynamo.frontend.media.RawHttp;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.Modality;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Conversations with images, sounds and films: what a worker gets of them, and what is refused where. */
class MediaTest {
    private static final String PNG = Pictures.url("image/png", Pictures.PNG);

    private static ServerFixture seeing(Function<GenerationRequest, Script> scripts) {
        ScriptedWorker worker = new ScriptedWorker(scripts).reading(Modality.IMAGE, Modality.AUDIO);
        return new ServerFixture(
                worker,
                options -> options.withGeneration(options.generation()
                        .withMigrations(2, Duration.ofSeconds(2))
                        .withMedia(MediaLimits.DEFAULT.with(1_000, 3, List.of(), true))));
    }

    private static String chat(String content) {
        return "{'model':'org/test-model','messages':[{'role':'system','content':'s'},{'role':'user','content':["
                + content + "]}]}";
    }

    private static String image(String url) {
        return "{'type':'image_url','image_url':{'url':'" + url + "'}}";
    }

    private static MediaChat got(ServerFixture server) {
        return Objects.requireNonNull(
                server.worker.started().getLast().request().chat());
    }

    private static JsonNode messages(MediaChat chat) {
        StringBuilder all = new StringBuilder(chat.pieces().getFirst());
        for (int i = 0; i < chat.media().size(); i++) {
            all.append(chat.media().get(i).base64()).append(chat.pieces().get(i + 1));
        }
        return ServerFixture.JSON.readTree(all.toString());
    }

    private static JsonNode json(String text) {
        return ServerFixture.JSON.readTree(text.replace('\'', '"'));
    }

    @Test
    void aWorkerGetsTheConversationWithItsMedia() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a cat"))) {
            String wav = java.util.Base64.getEncoder().encodeToString(Pictures.WAV);
            HttpResponse<String> answer = server.post("/v1/chat/completions", chat("""
                    {'type':'text','text':'what?','image_url':{'url':'http://169.254.169.254/'},'uuid':'x'},
                    {'type':'image_url','image_url':{'url':'%s','detail':'low'},'uuid':'mine'},
                    {'type':'input_audio','input_audio':{'data':'%s','format':'wav'}}""".formatted(PNG, wav)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(ServerFixture.json(answer)
                            .at("/choices/0/message/content")
                            .asString(""))
                    .isEqualTo("a cat");
            MediaChat chat = got(server);
            assertThat(messages(chat)).isEqualTo(json("""
                    [{'role':'system','content':'s'},{'role':'user','content':[{'type':'text','text':'what?'},
                    {'type':'image_url','image_url':{'url':'%s','detail':'low'}},
                    {'type':'input_audio','input_audio':{'data':'%s','format':'wav'}}]}]""".formatted(PNG, wav)));
            assertThat(chat.media()).extracting(Media::type).containsExactly("image/png", "audio/wav");
            assertThat(chat.untilContext()).isTrue();
            assertThat(chat.addGenerationPrompt()).isTrue();
        }
    }

    @Test
    void toolsAndVariablesGoAlongAndALimitIsKept() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a"))) {
            HttpResponse<String> answer = server.post(
                    "/v1/chat/completions",
                    chat(image(PNG)).replaceFirst("\\{", "{'max_tokens':5,'chat_template_kwargs':{'style':'x'},"));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(got(server).templateArguments()).isEqualTo("{\"style\":\"x\"}");
            assertThat(got(server).untilContext()).isFalse();
        }
    }

    /** Fetched here, and handed on as bytes: an engine is never given a URL. */
    @Test
    void aUrlIsFetchedBeforeAWorkerHearsOfIt() throws Exception {
        try (RawHttp web = RawHttp.serving("image/png", Pictures.PNG);
                ServerFixture server = seeing(request -> Script.text("a"))) {
            HttpResponse<String> answer = server.post("/v1/chat/completions", chat(image(web.url("/i"))));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(messages(got(server)).toString()).contains(PNG).doesNotContain("127.0.0.1");
        }
    }

    @Test
    void modelsSayWhatTheyRead() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a"))) {
            assertThat(ServerFixture.json(server.get("/v1/models")).at("/data/0/modalities"))
                    .isEqualTo(json("['text','image','audio']"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'video_url','video_url':{'url':'http://8.8.8.8/v'}}|unsupported_parameter|messages[1].content[0].video_url",
                "{'type':'image_url','image_url':{'url':'data:image/png;base64,aGk='}}|media_invalid|messages[1].content[0].image_url",
                "{'type':'image_url','image_url':{'url':'http://localhost:1/'}}|media_unavailable|messages[1].content[0].image_url",
                "{'type':'image_url','image_url':{'url':'file:///etc/passwd'}}|media_not_allowed|messages[1].content[0].image_url",
                "{'type':'image_url','image_url':{'url':'PNG','detail':'x'}}|invalid_request|messages[1].content[0].image_url.detail",
                "{'type':'image_url','image_url':{'url':'PNG','fps':1}}|unsupported_parameter|messages[1].content[0].image_url.fps",
                "{'type':'image_url','image_url':{'url':'PNG'},'max_frames':1}|unsupported_parameter|messages[1].content[0].max_frames",
                "{'type':'image_url','image_url':null,'uuid':'x'}|invalid_request|messages[1].content[0].image_url",
                "{'type':'input_audio','input_audio':{'data':'aGk='}}|invalid_request|messages[1].content[0].input_audio",
                "{'type':'image_embeds','image_embeds':'x'}|invalid_request|messages[1].content[0]",
                "{'type':'input_image','image_url':'PNG'}|unsupported_parameter|messages[1].content[0]"
            })
    void whatCannotBeReadIsRefusedByItsPlace(String part, String code, String place) throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a"))) {
            HttpResponse<String> answer = server.post("/v1/chat/completions", chat(part.replace("PNG", PNG)));
            JsonNode error = ServerFixture.json(answer).path("error");
            assertThat(error.path("code").asString("")).as(answer.body()).isEqualTo(code);
            assertThat(error.path("param").asString("")).isEqualTo(place);
            assertThat(error.path("message").asString("")).contains("`" + place + "`");
            assertThat(server.worker.started()).isEmpty();
        }
    }

    @Test
    void aModelOfTextRefusesMediaAndSaysWhatToDo() throws Exception {
        try (RawHttp web = RawHttp.serving("image/png", Pictures.PNG);
                ServerFixture server = ServerFixture.saying("a")) {
            HttpResponse<String> answer = server.post("/v1/chat/completions", chat(image(web.url("/"))));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("unsupported_parameter", "messages[1].content[0].image_url", "--modalities image");
            assertThat(web.heads()).isEmpty();
        }
    }

    @Test
    void tooManyAndTooLargeAreRefused() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a"))) {
            HttpResponse<String> many =
                    server.post("/v1/chat/completions", chat((image(PNG) + ",").repeat(9_999) + image(PNG)));
            assertThat(many.statusCode()).isEqualTo(413);
            assertThat(many.body()).contains("media_too_large", "10000");
            String large = Pictures.url("image/png", Pictures.png(1_001));
            HttpResponse<String> big = server.post("/v1/chat/completions", chat(image(PNG) + "," + image(large)));
            assertThat(big.statusCode()).isEqualTo(413);
            assertThat(big.body()).contains("messages[1].content[1].image_url", "--max-media-bytes");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'nvext':{'token_data':[65]}|nvext.token_data",
                "'add_special_tokens':true|add_special_tokens",
                "'chat_template_kwargs':{'chat_template':'{{ 1 }}'}|chat_template_kwargs.chat_template",
                "'mm_processor_kwargs':{'fps':1}|mm_processor_kwargs"
            })
    void whatThePromptOfAnEngineCannotHaveIsRefused(String member, String field) throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a"))) {
            HttpResponse<String> answer =
                    server.post("/v1/chat/completions", chat(image(PNG)).replaceFirst("\\{", "{" + member + ","));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("unsupported_parameter", field);
        }
    }

    /** Same words, same picture: the same to whoever chooses a worker; another picture is not. */
    @Test
    void aPictureCountsWhereWorkersAreChosen() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a"))) {
            String other = Pictures.url("image/png", Pictures.png(99));
            int plain = explained(server, "{'type':'text','text':''}");
            assertThat(explained(server, image(PNG))).isEqualTo(plain);
            for (String url : List.of(PNG, PNG, other)) {
                server.post("/v1/chat/completions", chat(image(url)));
            }
            List<int[]> asked = server.router.requests().reversed().stream()
                    .limit(3)
                    .map(request -> request.prompt().toArray())
                    .toList();
            assertThat(asked.get(1)).isEqualTo(asked.get(2)).isNotEqualTo(asked.get(0));
            assertThat(server.worker.started().getFirst().request().prompt().count())
                    .isEqualTo(plain);
        }
    }

    private static int explained(ServerFixture server, String content) {
        HttpResponse<String> answer = server.post("/v1/route/explain", chat(content));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return ServerFixture.json(answer).at("/prompts/0/prompt_tokens").asInt();
    }

    @Test
    void responsesAndMessagesHaveMediaToo() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a cat"))) {
            JsonNode expected = json("[{'role':'user','content':[{'type':'text','text':'what?'},"
                    + "{'type':'image_url','image_url':{'url':'" + PNG + "'}}]}]");
            HttpResponse<String> answer = server.post(
                    "/v1/responses",
                    "{'model':'org/test-model','input':[{'role':'user',"
                            + "'content':[{'type':'input_text','text':'what?'},{'type':'input_image','image_url':'"
                            + PNG + "'}]}]}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(messages(got(server))).isEqualTo(expected);
            String id = ServerFixture.json(answer).path("id").asString("");
            HttpResponse<String> next = server.post(
                    "/v1/responses", "{'model':'org/test-model','input':'and?','previous_response_id':'" + id + "'}");
            assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
            assertThat(messages(got(server)).path(0)).isEqualTo(expected.path(0));
            HttpResponse<String> message = server.post(
                    "/v1/messages",
                    "{'model':'org/test-model','max_tokens':9,"
                            + "'messages':[{'role':'user','content':[{'type':'text','text':'what?'},{'type':'image','source':"
                            + "{'type':'base64','media_type':'image/png','data':'" + PNG.substring(PNG.indexOf(',') + 1)
                            + "'}}]}]}");
            assertThat(message.statusCode()).as(message.body()).isEqualTo(200);
            assertThat(messages(got(server))).isEqualTo(expected);
        }
    }

    /** What a tool shows: an engine that renders it puts the picture into the tool's message. */
    @Test
    void resultsOfToolsMayHavePictures() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a cat"))) {
            String shown = "[{'type':'text','text':'here'},{'type':'image_url','image_url':{'url':'" + PNG + "'}}]";
            String data = PNG.substring(PNG.indexOf(',') + 1);
            HttpResponse<String> message = server.post(
                    "/v1/messages",
                    "{'model':'org/test-model','max_tokens':9,'messages':[{'role':'user','content':'look'},"
                            + "{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'see','input':{}}]},"
                            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':["
                            + "{'type':'text','text':'here'},{'type':'image','source':{'type':'base64',"
                            + "'media_type':'image/png','data':'" + data + "'}}]}]}]}");
            assertThat(message.statusCode()).as(message.body()).isEqualTo(200);
            assertThat(messages(got(server)).path(2))
                    .isEqualTo(json("{'content':" + shown + ",'role':'tool','tool_call_id':'t','name':'see'}"));
            String call = "{'type':'function_call','call_id':'t','name':'see','arguments':'{}'},";
            String output =
                    "{'type':'function_call_output','call_id':'t','output':[{'type':'input_text','text':'here'},"
                            + "{'type':'input_image','image_url':'%s'}]}";
            HttpResponse<String> response = server.post(
                    "/v1/responses", "{'model':'org/test-model','input':[" + call + output.formatted(PNG) + "]}");
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(messages(got(server)).path(1))
                    .isEqualTo(json("{'content':" + shown + ",'role':'tool','tool_call_id':'t'}"));
            HttpResponse<String> broken = server.post(
                    "/v1/responses",
                    "{'model':'org/test-model','input':[" + call + output.formatted("data:image/png,x") + "]}");
            assertThat(broken.body()).contains("media_invalid", "input[1].output[1].image_url");
        }
    }

    @Test
    void aRequestOfWhichNothingCameIsSentAgainWithItsMedia() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        try (ServerFixture server = seeing(request -> tries.incrementAndGet() == 1
                ? Script.text("").failing(ErrorCode.WORKER_LOST, "gone")
                : Script.text("a cat"))) {
            HttpResponse<String> answer = server.post("/v1/chat/completions", chat(image(PNG)));
            assertThat(answer.body()).contains("a cat");
            assertThat(server.worker.started()).hasSize(2);
            assertThat(got(server))
                    .isEqualTo(server.worker.started().getFirst().request().chat());
        }
    }

    @Test
    void anAnswerThatBeganCannotGoOnElsewhereAndSaysSo() throws Exception {
        try (ServerFixture server =
                seeing(request -> Script.text("a c").failing(ErrorCode.WORKER_LOST, "the worker is gone"))) {
            HttpResponse<String> answer = server.post("/v1/chat/completions", chat(image(PNG)));
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("the worker is gone", "cannot go on elsewhere once it has begun");
            assertThat(server.worker.started()).hasSize(1);
        }
    }

    @Test
    void aClientThatGoesLeavesNothingBehind() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        try (RawHttp web = new RawHttp((head, out) -> {
                    asked.countDown();
                    try {
                        while (true) {
                            out.write('H');
                            out.flush();
                            Thread.sleep(5);
                        }
                    } finally {
                        gone.countDown();
                    }
                });
                ServerFixture server = seeing(request -> Script.text("a"))) {
            var waiting = server.client.sendAsync(
                    server.request("/v1/chat/completions")
                            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                                    chat(image(web.url("/"))).replace('\'', '"')))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            asked.await();
            waiting.cancel(true);
            gone.await();
            ServerFixture.await(() -> server.node.running() == 0);
            assertThat(server.worker.started()).isEmpty();
        }
    }

    @Test
    void tokensOfMediaAreNotGuessed() throws Exception {
        try (ServerFixture server = seeing(request -> Script.text("a"))) {
            HttpResponse<String> answer = server.post("/tokenize", chat(image(PNG)));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("only their engine knows");
        }
    }
}
