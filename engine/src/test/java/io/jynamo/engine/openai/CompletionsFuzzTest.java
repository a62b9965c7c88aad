package io.jynamo.engine.openai;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jynamo.engine.attached.AnswerPart;
import io.jynamo.engine.attached.AnswerReader;
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
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** Jazzer's way into streamed completions: lines of the input are events of one answer. */
@Tag("fuzz")
class CompletionsFuzzTest {
    private static final GenerationRequest REQUEST = new GenerationRequest(
            new RequestId("a"),
            TokenIds.of(1, 2),
            Sampling.GREEDY,
            Stopping.after(9),
            CacheScope.SHARED,
            2,
            2,
            1,
            0,
            Duration.ofMinutes(1),
            5);

    @FuzzTest(maxDuration = "5m")
    void answers(byte[] data) {
        for (CompletionsTraits traits :
                List.of(CompletionsTraits.VLLM, CompletionsTraits.LLAMA_CPP, CompletionsTraits.TRTLLM)) {
            AnswerReader reader = new CompletionsDialect("http://e", "m", traits, Set.of(5)).reader(REQUEST);
            try {
                for (String line : new String(data, StandardCharsets.UTF_8).split("\n", -1)) {
                    reader.onEvent(new SseEvent("", line), CompletionsFuzzTest::check);
                }
            } catch (MalformedAnswer e) {
                // A refusal by name is the right answer to a broken one.
            }
        }
    }

    private static void check(AnswerPart part) {
        if (part instanceof AnswerPart.Output output) {
            int choice = output.delta().choice();
            if (choice < 0 || choice > 1) {
                throw new IllegalStateException("choice " + choice + " was not asked for");
            }
            for (int i = 0; i < output.delta().tokens().count(); i++) {
                if (output.delta().tokens().at(i) < 0) {
                    throw new IllegalStateException("no id is negative");
                }
            }
        }
    }
}
