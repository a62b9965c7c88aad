package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.AnswerBody;
import io.jynamo.frontend.openai.FoldedChoice;
import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.TokenLogprobs;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of one of OpenAI's completions, chat or text. */
final class ChoicesBody implements BodyWriter {
    private final AnswerParts parts;
    private final boolean chat;
    private final @Nullable FoldedChoice[] folded;
    private final @Nullable List<TokenLogprobs>[] promptLogprobs;

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of a generic type
    ChoicesBody(AnswerParts parts, boolean chat) {
        this.parts = parts;
        this.chat = chat;
        this.folded = new FoldedChoice[parts.prepared().choices()];
        this.promptLogprobs = new List[folded.length];
    }

    @Override
    public void onEnd(ChoiceState choice) {
        folded[choice.index()] = new FoldedChoice(
                choice.index(),
                choice.takeText(),
                choice.reply().takeReasoning(),
                choice.reply().takeWholeCalls(),
                choice.takeLogprobs(),
                choice.takeUnscored(),
                java.util.Objects.requireNonNull(choice.finish()),
                promptLogprobs[choice.index()]);
        parts.extras().keep(choice);
    }

    @Override
    public void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> scored) {
        Arrays.fill(promptLogprobs, firstChoice, firstChoice + choices, scored);
    }

    @Override
    public byte[] write(UsageCount usage) {
        List<FoldedChoice> choices = Arrays.stream(folded)
                .<FoldedChoice>map(java.util.Objects::requireNonNull)
                .toList();
        LogprobText logprobs = new LogprobText(
                parts.prepared().model().tokenizer(), parts.prepared().options().tokensAsIds());
        return AnswerBody.write(
                parts.identity(), chat, choices, usage, logprobs, parts.extras().kept());
    }
}
