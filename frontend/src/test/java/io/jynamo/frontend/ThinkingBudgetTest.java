package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chunks;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A budget of reasoning: whoever can be told of it is, and the answer says what that is worth. */
class ThinkingBudgetTest {
    private static final String PLAIN = "{% for m in messages %}{{ m.content }}{% endfor %}";
    private static final String READS = PLAIN + "{% if thinking_budget is defined %}({{ thinking_budget }}){% endif %}";

    private static ServerFixture of(String template) {
        ServerFixture server = ServerFixture.saying("<think>hm</think>yes");
        server.models.offer(new ServedModel(
                "org/thinker",
                "org/thinker",
                null,
                server.worker.card(),
                new ByteTokenizer(),
                ChatPrompt.compile(TemplateSources.of(template), SpecialTokens.of("<bos>", "<eos>")),
                ReplyFormat.PLAIN.withReasoning("qwen3"),
                server.router,
                ServedModel.PLAIN_SAMPLING,
                1_700_000_000));
        return server;
    }

    private static HttpResponse<String> chat(ServerFixture server, String more) {
        HttpResponse<String> answer = server.post(
                "/v1/chat/completions", ServerFixture.chat("hi", more).replace("org/test-model", "org/thinker"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static String prompt(ServerFixture server) {
        var asked = server.worker.started().getLast().request();
        return new ByteTokenizer().decode(asked.prompt().toArray(), false);
    }

    @Test
    void aTemplateThatReadsOneIsTold() {
        try (ServerFixture server = of(READS)) {
            for (String name : new String[] {"thinking_token_budget", "thinking_budget"}) {
                JsonNode warning = json(chat(server, "'" + name + "':512")).at("/nvext/warnings/0");
                assertThat(prompt(server)).isEqualTo("hi(512)");
                assertThat(warning.path("code").asString("")).isEqualTo("thinking_budget_not_enforced");
                assertThat(warning.path("detail").asString("")).contains("was told", "512");
            }
            JsonNode none = json(chat(server, ""));
            assertThat(prompt(server)).isEqualTo("hi");
            assertThat(none.has("nvext")).isFalse();
        }
    }

    @Test
    void whereNobodyCanBeToldTheAnswerSaysSo() {
        try (ServerFixture server = of(PLAIN)) {
            String stream = chat(server, "'thinking_budget':7,'stream':true").body();
            assertThat(chunks(stream).stream()
                            .map(chunk -> chunk.at("/nvext/warnings/0/detail").asString(""))
                            .filter(detail -> !detail.isEmpty()))
                    .singleElement()
                    .asString()
                    .contains("Nothing holds", "7 tokens");
        }
    }

    @Test
    void messagesSayTheSame() {
        try (ServerFixture server = of(READS)) {
            HttpResponse<String> answer = server.post(
                    "/v1/messages",
                    "{'model':'org/thinker','max_tokens':3000,'messages':[{'role':'user','content':'hi'}],"
                            + "'thinking':{'type':'enabled','budget_tokens':1024}}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(prompt(server)).isEqualTo("hi(1024)");
            assertThat(json(answer).at("/nvext/warnings/0/code").asString(""))
                    .isEqualTo("thinking_budget_not_enforced");
        }
    }

    @Test
    void noBudgetIsBelowNothing() {
        try (ServerFixture server = of(READS)) {
            HttpResponse<String> refused = server.post(
                    "/v1/chat/completions",
                    ServerFixture.chat("hi", "'thinking_token_budget':-1").replace("org/test-model", "org/thinker"));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(ServerFixture.error(refused, "param")).isEqualTo("thinking_token_budget");
        }
    }
}
