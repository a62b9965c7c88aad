package io.jynamo.frontend;

import static io.jynamo.frontend.BatchFixture.chat;
import static io.jynamo.frontend.BatchFixture.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Batches from the upload of their lines to the download of their answers, over real sockets. */
@Timeout(60)
class BatchTest {
    @TempDir
    Path folder;

    @Test
    void three_chats_are_uploaded_run_and_downloaded() {
        try (BatchFixture server = BatchFixture.of(folder, new ScriptedWorker(request -> Script.text("Hello.")))) {
            String file = server.upload(chat("a", "one") + chat("b", "two") + chat("c", "three"));
            JsonNode batch = server.ended(server.create(file, "/v1/chat/completions"));
            assertThat(batch.path("status").asString("")).isEqualTo("completed");
            assertThat(batch.at("/request_counts").toString()).isEqualTo("{\"total\":3,\"completed\":3,\"failed\":0}");
            assertThat(batch.path("error_file_id").isNull()).isTrue();
            List<JsonNode> answers =
                    lines(server.content(batch.path("output_file_id").asString("")));
            assertThat(answers)
                    .extracting(one -> one.path("custom_id").asString(""))
                    .containsExactlyInAnyOrder("a", "b", "c");
            assertThat(answers).allSatisfy(one -> {
                assertThat(one.path("error").isNull()).isTrue();
                assertThat(one.at("/response/status_code").asInt()).isEqualTo(200);
                assertThat(one.at("/response/body/choices/0/message/content").asString(""))
                        .isEqualTo("Hello.");
            });
        }
    }
}
