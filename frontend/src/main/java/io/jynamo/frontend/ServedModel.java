package io.jynamo.frontend;

import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.Sampling;
import io.jynamo.router.Router;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import org.jspecify.annotations.Nullable;

/**
 * A model that clients can ask for: what turns its text into tokens and who generates.
 *
 * @param name as clients write it
 * @param base the model's own name; another than {@code name} where that is an alias or an adapter
 * @param adapter the LoRA adapter that the name stands for, or null
 * @param chat makes prompts of conversations; null when the model has no template, and chat completions are refused
 * @param replies how its chat answers mark reasoning and calls of tools
 * @param router chooses a worker for each request; not closed here
 * @param defaultSampling used where a request does not say
 * @param createdSeconds Unix time shown by /v1/models
 */
public record ServedModel(
        String name,
        String base,
        @Nullable String adapter,
        ModelCard card,
        Tokenizer tokenizer,
        @Nullable ChatPrompt chat,
        ReplyFormat replies,
        Router router,
        Sampling defaultSampling,
        long createdSeconds) {
    /** Sampling of a model whose files say nothing: temperature 1 and no filter. */
    public static final Sampling PLAIN_SAMPLING = new Sampling(1f, 1f, 0, 0f, 1f, 0f, 0f, java.util.Map.of(), null);

    public ServedModel {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a served model needs a name");
        }
    }
}
