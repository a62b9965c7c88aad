package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two hundred streams at once: each whole, each its own. */
@ExtendWith(SharedServers.class)
class ParallelStreamsTest {
    private static final int STREAMS = 200;

    private final Server server;

    ParallelStreamsTest(@Pace(Pace.Kind.REAL) Server server) {
        this.server = server;
    }

    @Test
    void every_stream_gets_the_answer_it_would_get_alone() throws Exception {
        List<Callable<String>> asks = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            int who = i % 10; // ten different questions, twenty askers each
            asks.add(() -> Http.content(Http.stream(server.at("/v1/chat/completions"), body(who))));
        }
        List<String> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> answer : threads.invokeAll(asks)) {
                answers.add(answer.get());
            }
        }

        for (int i = 0; i < STREAMS; i++) {
            assertThat(answers.get(i)).isNotEmpty().isEqualTo(answers.get(i % 10));
        }
        assertThat(answers.subList(0, 10)).as("different questions").doesNotHaveDuplicates();
        Metrics.await(server, "dynamo_frontend_active_requests", active -> active == 0);
    }

    private static String body(int who) {
        return "{\"model\":\"" + Server.MODEL + "\",\"stream\":true,\"seed\":" + who
                + ",\"max_completion_tokens\":32,\"min_tokens\":32,\"ignore_eos\":true,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"Question number " + who + ", please answer at length.\"}]}";
    }
}
