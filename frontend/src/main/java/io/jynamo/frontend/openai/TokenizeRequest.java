package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.text.reply.ToolChoice;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /tokenize}, in vLLM's two forms.
 *
 * @param model null for the only one served
 * @param prompt a text, or null when there are messages
 * @param chat the messages as a chat request, or null when there is a prompt
 * @param framed add what the tokenizer adds around a text
 * @param tokenTexts answer with the tokens' texts as well
 */
public record TokenizeRequest(
        @Nullable String model,
        @Nullable String prompt,
        @Nullable ChatRequest chat,
        boolean framed,
        boolean tokenTexts) {
    private static final Field<String> PROMPT = taken("prompt", Shapes.string(), "The text, if there are no messages.");
    private static final Field<List<Map<String, @Nullable Object>>> MESSAGES = taken(
            "messages", Shapes.list(Messages.message(), 1, 1_000_000), "The conversation, if there is no prompt.");
    private static final Field<Boolean> TOKEN_TEXTS =
            taken("return_token_strs", Shapes.bool(), "Answer with the tokens' texts as well.");

    /** Of the body. */
    public static final FieldTable TABLE = new FieldTable(
            List.of(
                    SharedFields.MODEL,
                    PROMPT,
                    MESSAGES,
                    ChatRequest.ADD_SPECIAL_TOKENS,
                    TOKEN_TEXTS,
                    ChatRequest.ADD_GENERATION_PROMPT,
                    ChatRequest.CONTINUE_FINAL,
                    ChatRequest.TEMPLATE_KWARGS,
                    ChatRequest.TOOLS,
                    Field.refused("chat_template", "templates are not taken from clients")),
            Set.of());

    /**
     * Reads and checks a body.
     *
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static TokenizeRequest parse(byte[] body, int count) {
        FieldValues values = JsonInput.readObject(body, count, in -> TABLE.read(in, ""));
        String prompt = values.find(PROMPT);
        List<Map<String, @Nullable Object>> messages = values.find(MESSAGES);
        if ((prompt == null) == (messages == null)) {
            throw Refusal.invalid("prompt", "Exactly one of `prompt` and `messages` is required.");
        }
        ChatRequest chat = messages == null ? null : chat(values, messages);
        return new TokenizeRequest(
                values.find(SharedFields.MODEL),
                prompt,
                chat,
                values.or(ChatRequest.ADD_SPECIAL_TOKENS, messages == null),
                values.is(TOKEN_TEXTS));
    }

    private static ChatRequest chat(FieldValues values, List<Map<String, @Nullable Object>> messages) {
        boolean continues = values.is(ChatRequest.CONTINUE_FINAL);
        boolean prompts = values.or(ChatRequest.ADD_GENERATION_PROMPT, !continues);
        ChatRequest.checkContinuation(continues, prompts, messages);
        return new ChatRequest(
                new GenerationOptions(values, io.jynamo.protocol.GenerationRequest.NO_LOGPROBS, null),
                messages,
                values.or(ChatRequest.TEMPLATE_KWARGS, Map.of()),
                prompts,
                continues,
                values.is(ChatRequest.ADD_SPECIAL_TOKENS),
                false,
                new ToolWish(values.or(ChatRequest.TOOLS, List.of()), new ToolChoice.Auto(), true),
                true,
                true,
                null);
    }
}
