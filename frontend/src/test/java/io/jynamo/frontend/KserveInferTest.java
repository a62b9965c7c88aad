package io.jynamo.frontend;

import static io.jynamo.frontend.KserveClient.prompt;
import static io.jynamo.frontend.KserveClient.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ModelInfer over a real channel. */
@Timeout(60)
class KserveInferTest {
    private static ServerFixture saying(String text) {
        return ServerFixture.withKserve(
                new ScriptedWorker(request -> ScriptedWorker.Script.text(text)), options -> options);
    }

    @Test
    void aPromptIsAnswered() {
        try (ServerFixture server = saying("Hello there.");
                KserveClient client = new KserveClient(server)) {
            ModelInferResponse response = client.infer(prompt("hi").setId("one"));
            assertThat(response.getModelName()).isEqualTo(KserveClient.MODEL);
            assertThat(response.getId()).isEqualTo("one");
            assertThat(texts(response, "text_output")).containsExactly("Hello there.");
            assertThat(texts(response, "finish_reason")).containsExactly("stop");
            assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L);
            assertThat(server.router.booked()).isZero();
        }
    }
}
