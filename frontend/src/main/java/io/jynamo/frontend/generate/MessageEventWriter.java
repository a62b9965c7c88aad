package io.jynamo.frontend.generate;

import io.jynamo.frontend.anthropic.ErrorEnvelope;
import io.jynamo.frontend.anthropic.MessageEvents;
import io.jynamo.frontend.anthropic.StopReason;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.CallDelta;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A stream of one of Anthropic's messages. */
final class MessageEventWriter implements EventWriter, ReplyParts.Teller {
    private final AnswerParts parts;
    private @Nullable MessageEvents events;
    private @Nullable ChoiceState ended;

    MessageEventWriter(AnswerParts parts) {
        this.parts = parts;
    }

    @Override
    public void onBegin(JsonWriter out) {
        parts.extras().annotations(out, parts.identity());
    }

    @Override
    public void onChoice(Events to, ChoiceState choice, UsageCount usage) {
        MessageEvents begun = events;
        if (begun == null) {
            begun = new MessageEvents(parts.identity(), to::next);
            events = begun;
            begun.start(usage);
        }
        if (begun.isInText() && choice.isPlain()) {
            begun.text(choice.takeText());
            return;
        }
        choice.tell(this);
        if (choice.isDone()) {
            ended = choice;
        }
    }

    @Override
    public void onComplete(Events to, UsageCount usage) {
        ChoiceState choice = Objects.requireNonNull(ended);
        begun().end(
                        StopReason.of(Objects.requireNonNull(choice.finish()), choice.stopReason()),
                        usage,
                        parts.extras().json(choice));
    }

    @Override
    public void onFailure(Events to, GenerationEnd.Failure failure) {
        ErrorEnvelope.event(to.next(), parts.identity(), failure.code(), failure.message());
    }

    @Override
    public void onSilence(JsonWriter out) {
        MessageEvents.ping(out);
    }

    @Override
    public void content(String text) {
        begun().text(text);
    }

    @Override
    public void reasoning(String text) {
        begun().thinking(text);
    }

    @Override
    public void call(CallDelta news) {
        begun().call(news);
    }

    private MessageEvents begun() {
        return Objects.requireNonNull(events);
    }
}
