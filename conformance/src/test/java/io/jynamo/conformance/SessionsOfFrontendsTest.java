package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A conversation stays on one worker whichever frontend has its next request, and goes on elsewhere when that is gone. */
@Timeout(180)
class SessionsOfFrontendsTest {
    private static final String[] FRONTEND = {"--router-mode", "round-robin", "--router-session-affinity-ttl-secs", "60"
    };

    @Test
    void frontends_know_each_others() {
        try (var fleet = new TestFleet()) {
            List<FleetProcess> workers = List.of(fleet.worker(), fleet.worker(), fleet.worker());
            FleetProcess one = frontend(fleet);
            FleetProcess other = frontend(fleet);
            for (int talk = 0; talk < 4; talk++) {
                List<String> homes = new ArrayList<>();
                for (int turn = 0; turn < 6; turn++) {
                    homes.add(ask(one, "talk-" + talk));
                    awaitKnown(other, "talk-" + talk);
                    homes.add(ask(other, "talk-" + talk));
                }
                assertThat(homes.stream().distinct())
                        .as("round-robin goes elsewhere each time")
                        .hasSize(1);
            }
            String home = ask(one, "talk-0");
            FleetProcess late = frontend(fleet);
            awaitKnown(late, "talk-0");
            assertThat(ask(late, "talk-0")).as("who begins later is told").isEqualTo(home);

            long pid = pid(late, home);
            workers.stream().filter(worker -> worker.pid() == pid).forEach(worker -> worker.signal("KILL"));
            String here = home; // what was given to it before its loss was known has moved, and is told as it was given
            String there = "";
            for (int i = 0; i < 1_500 && (here.equals(home) || !here.equals(there)); i++) {
                here = ask(one, "talk-0");
                there = ask(other, "talk-0");
            }
            assertThat(here)
                    .as("both have found one that is there")
                    .isNotEqualTo(home)
                    .isEqualTo(there);
            assertThat(ask(one, "talk-0")).isEqualTo(here);
            assertThat(ask(other, "talk-0")).isEqualTo(here);
        }
    }

    private static FleetProcess frontend(TestFleet fleet) {
        FleetProcess frontend = fleet.frontend(FRONTEND);
        TestFleet.awaitWorkers(frontend, 3);
        return frontend;
    }

    /** The worker that answers a request of the conversation. */
    private static String ask(FleetProcess frontend, String talk) {
        Http.Reply reply = send(frontend, "/v1/chat/completions", talk);
        return Http.parse(reply.headers().firstValue("x-jynamo-route").orElse("[]"))
                .path(0)
                .path("worker")
                .asString("");
    }

    /** Waits until the frontend would give the conversation to a worker because that has it. */
    private static void awaitKnown(FleetProcess frontend, String talk) {
        String why = "";
        for (int i = 0; i < 1_500 && !why.contains("its session was here"); i++) {
            why = send(frontend, "/v1/route/explain", talk).text();
        }
        assertThat(why).contains("its session was here");
    }

    private static Http.Reply send(FleetProcess frontend, String path, String talk) {
        String body = "{\"model\":\"" + TestFleet.MODEL + "\",\"max_tokens\":2,\"messages\":"
                + "[{\"role\":\"user\",\"content\":\"Go on with " + talk + ".\"}]}";
        Http.Reply reply = Http.send(Http.request(frontend.at(path), body)
                .header("x-dynamo-session-id", talk)
                .header("x-jynamo-explain", "true"));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply;
    }

    private static long pid(FleetProcess frontend, String worker) {
        JsonNode workers = Http.parse(Http.get(frontend.at("/v1/fleet")).text()).path("workers");
        return workers.valueStream()
                .filter(one -> one.path("id").asString("").equals(worker))
                .mapToLong(one -> one.path("pid").asLong())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no worker " + worker + " in " + workers));
    }
}
