package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What the router would do, and that it does so. */
@ExtendWith(SharedServers.class)
class RouteExplainTest {
    @Test
    void a_prompt_goes_where_its_prefix_is_and_the_table_says_so(@Pace(Pace.Kind.FAST) Server server) {
        String story = "Explain why a lighthouse keeper counts the ships of the night. ".repeat(40);
        Command before = explain(server, story);
        assertThat(before.exitCode()).as(before.err()).isZero();
        assertThat(before.out()).startsWith("worker ").contains("CACHED").doesNotContain("blocks cached");

        String body = "{\"model\":\"" + Server.MODEL
                + "\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"" + story + "\"}]}";
        Http.Reply answer =
                Http.send(Http.request(server.at("/v1/chat/completions"), body).header("X-Jynamo-Explain", "true"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonNode route = Http.parse(
                        answer.headers().firstValue("x-jynamo-route").orElse(""))
                .path(0);
        String served = route.path("worker").asString();

        String after = "";
        for (int i = 0; i < 100 && !after.contains("blocks cached"); i++) { // the event is on its way
            after = explain(server, story).out();
        }
        assertThat(after).startsWith("worker " + served + " by time: ").contains("blocks cached");
        assertThat(after.lines().filter(line -> line.startsWith("*")))
                .hasSize(1)
                .first()
                .asString()
                .contains(served);
    }

    @Test
    void what_the_server_refuses_is_told_as_it_said_it(@Pace(Pace.Kind.FAST) Server server) {
        Command run =
                Command.jynamo("route", "explain", "--url", server.at("/").toString(), "--model", "none", "a question");
        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.err()).startsWith("error model_not_found");
    }

    @Test
    void without_a_question_it_says_what_it_needs() {
        Command run = Command.jynamo("route", "explain");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("give either a question or --body FILE");
    }

    private static Command explain(Server server, String question) {
        return Command.jynamo("route", "explain", "--url", server.at("/").toString(), question);
    }
}
