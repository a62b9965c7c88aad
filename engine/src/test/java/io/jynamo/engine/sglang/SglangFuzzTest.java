package io.jynamo.engine.sglang;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jynamo.engine.attached.AnswerPart;
import io.jynamo.engine.attached.MalformedAnswer;
import io.jynamo.engine.attached.SseEvent;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** Jazzer's way into SGLang's answers: lines of the input are events of one answer. */
@Tag("fuzz")
class SglangFuzzTest {
    private static final GenerationRequest REQUEST = new GenerationRequest(
            new RequestId("a"),
            TokenIds.of(1, 2),
            Sampling.GREEDY,
            new Stopping(9, 0, Set.of(7), true),
            CacheScope.SHARED,
            2,
            2,
            1,
            0,
            Duration.ofMinutes(1),
            5);

    @FuzzTest(maxDuration = "5m")
    void answers(byte[] data) {
        SglangReader reader = new SglangReader("http://e", REQUEST);
        boolean[] ended = new boolean[2];
        try {
            for (String line : new String(data, StandardCharsets.UTF_8).split("\n", -1)) {
                reader.onEvent(new SseEvent("", line), part -> {
                    if (part instanceof AnswerPart.Output output) {
                        if (ended[output.delta().choice()]) {
                            throw new IllegalStateException("output after the choice's end");
                        }
                        ended[output.delta().choice()] = output.delta().finish() != null;
                    }
                });
            }
        } catch (MalformedAnswer e) {
            // A refusal by name is the right answer to a broken one.
        }
    }
}
