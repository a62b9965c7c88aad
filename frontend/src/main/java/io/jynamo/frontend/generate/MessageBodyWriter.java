package io.jynamo.frontend.generate;

import io.jynamo.frontend.anthropic.MessageBody;
import io.jynamo.frontend.anthropic.StopReason;
import io.jynamo.frontend.openai.CallDelta;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One of Anthropic's messages, sent whole. */
final class MessageBodyWriter implements BodyWriter {
    private final AnswerParts parts;
    private final MessageBody body = new MessageBody();
    private @Nullable ChoiceState ended;

    MessageBodyWriter(AnswerParts parts) {
        this.parts = parts;
    }

    @Override
    public void onEnd(ChoiceState choice) {
        ended = choice;
        choice.tell(new ReplyParts.Teller() {
            @Override
            public void content(String text) {
                body.text(text);
            }

            @Override
            public void reasoning(String text) {
                body.thinking(text);
            }

            @Override
            public void call(CallDelta news) {
                if (!choice.reply().isCut(news.index())) {
                    body.call(news);
                }
            }
        });
        parts.extras().keep(choice);
    }

    @Override
    public void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> logprobs) {
        throw new IllegalStateException("a message has no log probabilities");
    }

    @Override
    public byte[] write(UsageCount usage) {
        ChoiceState choice = Objects.requireNonNull(ended);
        StopReason reason = StopReason.of(Objects.requireNonNull(choice.finish()), choice.stopReason());
        return body.write(parts.identity(), reason, usage, parts.extras().kept());
    }
}
