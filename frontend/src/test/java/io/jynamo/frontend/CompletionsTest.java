package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static io.jynamo.frontend.ServerFixture.chunks;
import static io.jynamo.frontend.ServerFixture.content;
import static io.jynamo.frontend.ServerFixture.events;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationRequest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CompletionsTest {
    private static final String MODEL = "'model':'org/test-model',";

    @Test
    void answersEveryPromptForm() {
        try (ServerFixture server = ServerFixture.saying("out")) {
            JsonNode text = json(server.post("/v1/completions", "{" + MODEL + "'prompt':'in'}"));
            assertThat(text.path("object").asString("")).isEqualTo("text_completion");
            assertThat(text.at("/choices/0/text").asString("")).isEqualTo("out");
            assertThat(text.path("id").asString("")).startsWith("cmpl-");
            // A begin token goes before a text, as the tokenizer adds it; ids are taken as they are.
            assertThat(text.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
            JsonNode ids = json(server.post("/v1/completions", "{" + MODEL + "'prompt':[104,105]}"));
            assertThat(ids.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
            JsonNode many = json(server.post("/v1/completions", "{" + MODEL + "'prompt':['a','bb'],'n':2}"));
            assertThat(many.path("choices")).hasSize(4);
            assertThat(many.path("choices")
                            .valueStream()
                            .map(choice -> choice.path("index").asInt()))
                    .containsExactly(0, 1, 2, 3);
            assertThat(many.at("/usage/completion_tokens").asInt()).isEqualTo(12);
            JsonNode lists = json(server.post("/v1/completions", "{" + MODEL + "'prompt':[[1,2],[3]]}"));
            assertThat(lists.path("choices")).hasSize(2);
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        try (ServerFixture server = ServerFixture.saying("out")) {
            var response = server.post("/v1/completions", "{" + MODEL + "'prompt':[104,300]}");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(ServerFixture.error(response, "message")).contains("300").contains("259");
        }
    }

    @Test
    void echoPutsThePromptFirst() {
        try (ServerFixture server = ServerFixture.saying("out")) {
            JsonNode body = json(server.post("/v1/completions", "{" + MODEL + "'prompt':'in <turn>','echo':true}"));
            assertThat(body.at("/choices/0/text").asString("")).isEqualTo("in <turn>out");
            var stream = server.post("/v1/completions", "{" + MODEL + "'prompt':'in','echo':true,'stream':true}");
            StringBuilder text = new StringBuilder();
            chunks(stream.body())
                    .forEach(chunk -> text.append(chunk.at("/choices/0/text").asString("")));
            assertThat(text.toString()).isEqualTo("inout");
        }
    }

    @Test
    void echoOfNoTokensScoresThePromptAlone() {
        try (ServerFixture server = ServerFixture.saying("out")) {
            JsonNode body = json(server.post(
                    "/v1/completions",
                    "{" + MODEL + "'prompt':[104,105,106],'echo':true,'max_tokens':0,'logprobs':1}"));
            assertThat(body.at("/choices/0/text").asString("")).isEqualTo("hij");
            assertThat(body.at("/choices/0/finish_reason").asString("")).isEqualTo("length");
            JsonNode logprobs = body.at("/choices/0/logprobs");
            assertThat(logprobs.path("tokens").valueStream().map(JsonNode::asString))
                    .containsExactly("h", "i", "j");
            assertThat(logprobs.at("/token_logprobs/0").isNull()).isTrue();
            assertThat(logprobs.at("/token_logprobs/1").asDouble()).isEqualTo(-0.5);
            assertThat(logprobs.path("text_offset").valueStream().map(JsonNode::asInt))
                    .containsExactly(0, 1, 2);
            assertThat(body.at("/usage/completion_tokens").asInt()).isZero();
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void logprobsComeInBothShapesAndBothWays() {
        try (ServerFixture server = ServerFixture.saying("aé")) {
            JsonNode text = json(server.post("/v1/completions", "{" + MODEL + "'prompt':'in','logprobs':2}"));
            JsonNode logprobs = text.at("/choices/0/logprobs");
            assertThat(logprobs.path("tokens")).hasSize(3);
            assertThat(logprobs.at("/top_logprobs/0/a").asDouble()).isEqualTo(-0.5);
            assertThat(logprobs.at("/top_logprobs/0/b").asDouble()).isEqualTo(-1.5);

            String ask = "'logprobs':true,'top_logprobs':2";
            JsonNode whole = json(server.post("/v1/chat/completions", chat("hi", ask)));
            JsonNode entries = whole.at("/choices/0/logprobs/content");
            assertThat(entries).hasSize(3);
            assertThat(entries.at("/0/token").asString("")).isEqualTo("a");
            assertThat(entries.at("/0/top_logprobs/1/token").asString("")).isEqualTo("b");
            assertThat(entries.at("/1/bytes/0").asInt()).isEqualTo(0xC3);

            var stream = server.post("/v1/chat/completions", chat("hi", ask + ",'stream':true"));
            List<JsonNode> streamed = chunks(stream.body()).stream()
                    .flatMap(chunk -> chunk.at("/choices/0/logprobs/content").valueStream())
                    .toList();
            assertThat(streamed).isEqualTo(entries.valueStream().toList());
            assertThat(content(stream.body())).isEqualTo("aé");
        }
    }

    @Test
    void promptLogprobsAreKeyedById() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            JsonNode body = json(server.post("/v1/completions", "{" + MODEL + "'prompt':[5,6],'prompt_logprobs':1}"));
            JsonNode prompt = body.at("/choices/0/prompt_logprobs");
            assertThat(prompt.get(0).isNull()).isTrue();
            assertThat(prompt.at("/1/6/rank").asInt()).isEqualTo(1);
            JsonNode chat = json(server.post("/v1/chat/completions", chat("hi", "'prompt_logprobs':0")));
            assertThat(chat.path("prompt_logprobs"))
                    .hasSize(chat.at("/usage/prompt_tokens").asInt());
        }
    }

    @Test
    void stopTextsEndTheChoiceAndTheEngine() {
        try (ServerFixture server = new ServerFixture(request -> ScriptedWorker.Script.endless())) {
            String ask = "'stop':['fgh','zzz'],'max_tokens':2000";
            JsonNode body = json(server.post("/v1/chat/completions", chat("hi", ask)));
            assertThat(body.at("/choices/0/message/content").asString("")).isEqualTo("abcde");
            assertThat(body.at("/choices/0/finish_reason").asString("")).isEqualTo("stop");
            assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(8);
            var stream = server.post("/v1/chat/completions", chat("hi", ask + ",'stream':true"));
            assertThat(content(stream.body())).isEqualTo("abcde");
            JsonNode kept =
                    json(server.post("/v1/chat/completions", chat("hi", ask + ",'include_stop_str_in_output':true")));
            assertThat(kept.at("/choices/0/message/content").asString("")).isEqualTo("abcdefgh");
            ServerFixture.await(() -> server.router.booked() == 0);
            // The streamed one ran on credit, so it cannot have been through before the stop was seen.
            assertThat(server.worker.started().get(1).isCancelled()).isTrue();
        }
    }

    @Test
    void minTokensHoldsStopTextsBack() {
        try (ServerFixture server = new ServerFixture(request -> ScriptedWorker.Script.endless())) {
            JsonNode body = json(
                    server.post("/v1/chat/completions", chat("hi", "'stop':['b'],'min_tokens':10,'max_tokens':100")));
            assertThat(body.at("/choices/0/message/content").asString("")).isEqualTo("abcdefghijklmnopqrstuvwxyza");
        }
    }

    @Test
    void choicesKeepTheirIndexAndStopOneByOne() {
        try (ServerFixture server = ServerFixture.saying("same")) {
            var response = server.post("/v1/chat/completions", chat("hi", "'n':3,'stream':true,'stop':['m']"));
            List<JsonNode> chunks = chunks(response.body());
            for (int index = 0; index < 3; index++) {
                int wanted = index;
                List<JsonNode> mine = chunks.stream()
                        .map(chunk -> chunk.at("/choices/0"))
                        .filter(choice -> choice.path("index").asInt() == wanted)
                        .toList();
                assertThat(mine.getFirst().at("/delta/role").asString("")).isEqualTo("assistant");
                assertThat(mine.getLast().path("finish_reason").asString("")).isEqualTo("stop");
                assertThat(mine.stream()
                                .map(choice -> choice.at("/delta/content").asString("")))
                        .containsSequence("s", "a");
            }
            assertThat(events(response.body()).getLast()).isEqualTo("[DONE]");
        }
    }

    @Test
    void lengthIsToldAsLength() {
        try (ServerFixture server = new ServerFixture(request -> ScriptedWorker.Script.endless())) {
            JsonNode body = json(server.post("/v1/chat/completions", chat("hi", "'max_tokens':5")));
            assertThat(body.at("/choices/0/message/content").asString("")).isEqualTo("abcde");
            assertThat(body.at("/choices/0/finish_reason").asString("")).isEqualTo("length");
        }
    }

    @Test
    void halfACharacterAtTheEndIsNotLost() {
        ScriptedWorker.Script half =
                new ScriptedWorker.Script(List.of(0x61, 0xC3), FinishReason.STOP, ByteTokenizer.EOS, null, null);
        try (ServerFixture server = new ServerFixture(request -> half)) {
            assertThat(content(server.post("/v1/chat/completions", chat("hi", "'stream':true"))
                            .body()))
                    .isEqualTo("a\ufffd");
        }
    }

    @Test
    void nothingSaidIsAnEmptyAnswer() {
        ScriptedWorker.Script silent =
                new ScriptedWorker.Script(List.of(), FinishReason.STOP, ByteTokenizer.EOS, null, null);
        try (ServerFixture server = new ServerFixture(request -> silent)) {
            var stream = server.post("/v1/chat/completions", chat("hi", "'stream':true"));
            JsonNode only = chunks(stream.body()).getFirst();
            assertThat(only.at("/choices/0/delta/role").asString("")).isEqualTo("assistant");
            assertThat(only.at("/choices/0/delta/content").asString("?")).isEmpty();
            JsonNode body = json(server.post("/v1/chat/completions", chat("hi", "")));
            assertThat(body.at("/choices/0/message/content").asString("?")).isEmpty();
        }
    }

    @Test
    void everythingAskedForReachesTheEngine() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            server.send(server.request("/v1/chat/completions")
                    .header("x-tenant-id", "acme")
                    .header("x-dynamo-request-priority", "3")
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(chat(
                                    "hi",
                                    "'cache_salt':'other','seed':9,'stop_token_ids':[7],'ignore_eos':true,'min_tokens':2,"
                                            + "'max_tokens':12,'n':2,'logprobs':true,'stream':true")
                            .replace('\'', '"'))));
            GenerationRequest request = server.worker.started().getFirst().request();
            assertThat(request.scope().salt()).isEqualTo("acme");
            assertThat(request.priority()).isEqualTo(3);
            assertThat(request.sampling().seed()).isEqualTo(9);
            assertThat(request.stopping().stopTokenIds()).isEqualTo(Set.of(7));
            assertThat(request.stopping().ignoreEos()).isTrue();
            assertThat(request.stopping().minTokens()).isEqualTo(2);
            assertThat(request.stopping().maxTokens()).isEqualTo(12);
            assertThat(request.choices()).isEqualTo(2);
            assertThat(request.topLogprobs()).isZero();
            assertThat(request.credit()).isEqualTo(256);
            assertThat(request.prompt().count()).isEqualTo("user:hi".length() + 1 + "assistant:".length());
            assertThat(server.router.requests().getFirst().expectedOutputTokens())
                    .isEqualTo(12);
        }
    }

    @Test
    void outputLimitDefaultsToWhatTheContextLeaves() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            server.post("/v1/completions", "{" + MODEL + "'prompt':[1,2,3]}");
            assertThat(server.worker.started().getFirst().request().stopping().maxTokens())
                    .isEqualTo(4_096 - 3);
        }
    }

    @Test
    void promptsOverTheContextAreRefusedWithTheNumbers() {
        ScriptedWorker small = new ScriptedWorker(64, request -> ScriptedWorker.Script.text("x"));
        try (ServerFixture server = new ServerFixture(small, options -> options)) {
            var long1 = server.post("/v1/chat/completions", chat("y".repeat(100), ""));
            assertThat(long1.statusCode()).isEqualTo(400);
            assertThat(ServerFixture.error(long1, "code")).isEqualTo("context_length_exceeded");
            assertThat(ServerFixture.error(long1, "message"))
                    .isEqualTo("This model's maximum context length is 64 tokens. However, your messages resulted in "
                            + "116 tokens. Please reduce the length of the messages.");
            var long2 = server.post("/v1/completions", "{" + MODEL + "'prompt':[1,2],'max_tokens':63}");
            assertThat(ServerFixture.error(long2, "code")).isEqualTo("context_length_exceeded");
            assertThat(ServerFixture.error(long2, "message")).contains("65 tokens (2 in the prompt, 63");
            assertThat(server.router.requests()).isEmpty();
        }
    }

    @Test
    void nvextAnswersWhatItWasAsked() {
        try (ServerFixture server = ServerFixture.saying("ok")) {
            String ask = "'nvext':{'extra_fields':['worker_id','timing','stop_reason','completion_token_ids'],"
                    + "'annotations':['request_id','formatted_prompt','token_ids']}";
            JsonNode body = json(server.post("/v1/chat/completions", chat("hi", ask)));
            assertThat(body.at("/nvext/worker_id/decode_worker_id").asLong()).isEqualTo(7);
            assertThat(body.at("/nvext/timing/total_time_ms").asDouble()).isPositive();
            assertThat(body.at("/nvext/timing/kv_hit_rate").asDouble()).isPositive();
            assertThat(body.at("/nvext/completion_token_ids").valueStream().map(JsonNode::asInt))
                    .containsExactly((int) 'o', (int) 'k');
            String stream = server.post("/v1/chat/completions", chat("hi", ask + ",'stream':true"))
                    .body();
            assertThat(stream)
                    .startsWith("event: request_id\n: \"chatcmpl-")
                    .contains("event: formatted_prompt\n: \"user:hi<turn>assistant:\"\n\n")
                    .contains("event: token_ids\n: [117,115,");
            assertThat(chunks(stream).getLast().path("nvext").has("timing")).isTrue();
        }
    }

    @Test
    void tokenDataIsThePrompt() {
        try (ServerFixture server = ServerFixture.saying("ok")) {
            server.post("/v1/chat/completions", chat("hi", "'nvext':{'token_data':[1,2,3],'cache_salt':'s'}"));
            GenerationRequest request = server.worker.started().getFirst().request();
            assertThat(request.prompt().toArray()).containsExactly(1, 2, 3);
            assertThat(request.scope().salt()).isEqualTo("s");
        }
    }

    @Test
    void templatesGetTheirVariablesAndMayRefuse() {
        try (ServerFixture server = ServerFixture.saying("ok")) {
            JsonNode plain = json(server.post(
                    "/tokenize",
                    "{'messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}],"
                            + "'chat_template_kwargs':{'style':'x'}}"));
            JsonNode text = json(server.post("/detokenize", "{'tokens':" + plain.path("tokens") + "}"));
            assertThat(text.path("prompt").asString("")).isEqualTo("user:a\nb<turn>[x]assistant:");
            var refused = server.post("/v1/chat/completions", chat("refuse me", ""));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(ServerFixture.error(refused, "code")).isEqualTo("template_failed");
            assertThat(ServerFixture.error(refused, "message")).contains("The template says no.");
        }
    }

    @Test
    void continuingCutsWhatFollowsTheLastMessage() {
        try (ServerFixture server = ServerFixture.saying("ok")) {
            server.post(
                    "/v1/chat/completions",
                    "{" + MODEL + "'messages':[{'role':'user','content':'q'},{'role':'assistant','content':'Sure, '}],"
                            + "'continue_final_message':true,'echo':true}");
            int[] prompt = server.worker.started().getFirst().request().prompt().toArray();
            assertThat(new ByteTokenizer().decode(prompt, false)).isEqualTo("user:q<turn>assistant:Sure, ");
        }
    }

    @Test
    void tokenizeAndDetokenizeAsVllmDoes() {
        try (ServerFixture server = ServerFixture.saying("ok")) {
            JsonNode tokens = json(server.post("/tokenize", "{'prompt':'hi','return_token_strs':true}"));
            assertThat(tokens.path("count").asInt()).isEqualTo(3);
            assertThat(tokens.path("max_model_len").asInt()).isEqualTo(4_096);
            assertThat(tokens.path("tokens").valueStream().map(JsonNode::asInt)).containsExactly(256, 104, 105);
            assertThat(tokens.at("/token_strs/1").asString("")).isEqualTo("<68>");
            JsonNode bare = json(server.post("/tokenize", "{'prompt':'hi','add_special_tokens':false}"));
            assertThat(bare.path("count").asInt()).isEqualTo(2);
            assertThat(server.post("/tokenize", "{'prompt':'a','messages':[]}").statusCode())
                    .isEqualTo(400);
            assertThat(server.post("/tokenize", "{'prompt':'a','model':'nope'}").statusCode())
                    .isEqualTo(404);
            assertThat(server.post("/detokenize", "{'tokens':[9999]}").statusCode())
                    .isEqualTo(400);
        }
    }
}
