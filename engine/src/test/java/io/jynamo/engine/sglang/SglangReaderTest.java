package io.jynamo.engine.sglang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.attached.AnswerPart;
import io.jynamo.engine.attached.MalformedAnswer;
import io.jynamo.engine.attached.SseEvent;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SglangReaderTest {
    @Test
    void readsOutputThatIsRepeatedAndOutputThatIsNew() {
        List<TokenIds> repeated = tokens(read(
                Stopping.after(9), event("[5]", 1, "null"), event("[5,6]", 2, "null"), event("[5,6,7]", 3, LENGTH)));
        List<TokenIds> fresh = tokens(
                read(Stopping.after(9), event("[5]", 1, "null"), event("[6]", 2, "null"), event("[7]", 3, LENGTH)));
        assertThat(repeated).isEqualTo(fresh).containsExactly(TokenIds.of(5), TokenIds.of(6), TokenIds.of(7));
    }

    @Test
    void readsSeveralNewTokensOfOneEvent() {
        assertThat(tokens(read(Stopping.after(9), event("[5]", 1, "null"), event("[6,7]", 3, LENGTH))))
                .containsExactly(TokenIds.of(5), TokenIds.of(6, 7));
    }

    @Test
    void leavesOutTheIdThatEndedIt() {
        List<AnswerPart> parts = read(Stopping.after(9), event("[5,9]", 2, "{\"type\":\"stop\",\"matched\":9}"));
        TokenDelta last = ((AnswerPart.Output) parts.getLast()).delta();
        assertThat(last.tokens()).isEqualTo(TokenIds.of(5));
        assertThat(last.stopToken()).isEqualTo(9);
        assertThat(last.finish()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void looksItselfForStopIdsThatIgnoreEosPassesOver() {
        Stopping stopping = new Stopping(9, 2, Set.of(5), true);
        List<AnswerPart> parts =
                read(stopping, event("[5]", 1, "null"), event("[5,6]", 2, "null"), event("[5,6,7,5,8]", 5, "null"));
        assertThat(tokens(parts)).containsExactly(TokenIds.of(5), TokenIds.of(6), TokenIds.of(7));
        TokenDelta last = ((AnswerPart.Output) parts.get(parts.size() - 2)).delta();
        assertThat(last.finish()).isEqualTo(FinishReason.STOP);
        assertThat(last.stopToken()).isEqualTo(5);
        assertThat(parts.getLast()).isInstanceOf(AnswerPart.Enough.class);
    }

    @Test
    void tellsWhyTheEngineGaveUp() {
        AnswerPart last = read(
                        Stopping.after(9),
                        event("[]", 0, "{\"type\":\"abort\",\"message\":\"no room\",\"status_code\":503}"))
                .getLast();
        assertThat(((AnswerPart.Failed) last).failure().code()).isEqualTo(ErrorCode.OVERLOADED);
        last = read(Stopping.after(9), event("[]", 0, "{\"type\":\"abort\"}")).getLast();
        assertThat(((AnswerPart.Failed) last).failure().code()).isEqualTo(ErrorCode.WORKER_LOST);
    }

    @Test
    void refusesTokensThatWereNeverTold() {
        assertThatThrownBy(() -> read(Stopping.after(9), event("[5]", 2, "null")))
                .isInstanceOf(MalformedAnswer.class);
        assertThatThrownBy(() -> read(Stopping.after(9), event("[5,6]", 2, "null"), event("[5]", 1, "null")))
                .isInstanceOf(MalformedAnswer.class);
    }

    private static final String LENGTH = "{\"type\":\"length\",\"length\":3}";

    private static String event(String ids, int completed, String finish) {
        return "{\"text\":\"\",\"output_ids\":" + ids + ",\"meta_info\":{\"finish_reason\":" + finish
                + ",\"prompt_tokens\":2,\"completion_tokens\":" + completed + ",\"cached_tokens\":1}}";
    }

    private static List<AnswerPart> read(Stopping stopping, String... events) {
        SglangReader reader = new SglangReader(
                "http://e", GenerationRequest.of(new RequestId("a"), TokenIds.of(1, 2), Sampling.GREEDY, stopping));
        List<AnswerPart> parts = new ArrayList<>();
        for (String event : events) {
            reader.onEvent(new SseEvent("", event), parts::add);
        }
        return parts;
    }

    private static List<TokenIds> tokens(List<AnswerPart> parts) {
        return parts.stream()
                .filter(AnswerPart.Output.class::isInstance)
                .map(p -> ((AnswerPart.Output) p).delta().tokens())
                .toList();
    }
}
