package io.jynamo.text.template;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.ChatTemplate;
import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What makes a model's prompt of a chat request: it brings messages and tools into the form that templates expect, as
 * Hugging Face transformers and Dynamo do, and renders the model's template. Immutable and safe for use by many threads.
 *
 * <p>Content given as parts becomes one text with a newline between parts where all are text, unless the template reads
 * parts only; then texts become parts. References to media become {@code {"type": "image"}}, video or audio. Arguments
 * of tool calls become objects unless the template asks whether they are a string. Reasoning of earlier answers goes into
 * their content between think tags if the template does not read it. A function without parameters gets an empty schema.
 */
public final class ChatPrompt {
    /**
     * A chat request, as parsed JSON.
     *
     * @param messages in order, as the client sent them
     * @param tools the functions the model may call, empty for none
     * @param templateArguments {@code chat_template_kwargs}: more variables, which win over all others
     * @param addGenerationPrompt whether the prompt ends with the opening of an answer
     * @param continueFinalMessage whether it ends within the last message, for the model to go on with; not both
     */
    public record Request(
            List<? extends Map<String, ? extends @Nullable Object>> messages,
            List<?> tools,
            Map<String, ? extends @Nullable Object> templateArguments,
            boolean addGenerationPrompt,
            boolean continueFinalMessage) {
        public Request {
            if (addGenerationPrompt && continueFinalMessage) {
                throw new JynamoException(
                        ErrorCode.INVALID_REQUEST,
                        "add_generation_prompt and continue_final_message cannot both be true: one opens a new message, "
                                + "the other goes on with the last");
            }
        }

        /** An ordinary request: an answer to {@code messages}. */
        public static Request of(List<? extends Map<String, ? extends @Nullable Object>> messages) {
            return new Request(messages, List.of(), Map.of(), true, false);
        }
    }

    private static final String PROBE = "template probe";

    /** A template with what its source and two trial renders say of the form it wants. */
    private record Form(String source, ChatTemplate template, MessageForm messages) {}

    private final Form standard;
    private final @Nullable Form toolUse;
    private final SpecialTokens tokens;
    private final MediaTokens media;

    private ChatPrompt(TemplateSources sources, SpecialTokens tokens, TemplateLimits limits, Clock clock) {
        this.tokens = tokens;
        this.media = MediaTokens.NONE;
        this.standard = form(sources.standard(), limits, clock);
        this.toolUse = sources.toolUse() == null ? null : form(sources.toolUse(), limits, clock);
    }

    private ChatPrompt(ChatPrompt same, MediaTokens media) {
        this.tokens = same.tokens;
        this.standard = same.standard;
        this.toolUse = same.toolUse;
        this.media = media;
    }

    /** The same, of a model whose template writes those tokens where media stand. */
    public ChatPrompt withMedia(MediaTokens written) {
        return new ChatPrompt(this, written);
    }

    /** What the template writes where media stand, as far as that is known. */
    public MediaTokens media() {
        return media;
    }

    /** Over the system's clock and zone, within {@link TemplateLimits#DEFAULT}. */
    public static ChatPrompt compile(TemplateSources sources, SpecialTokens tokens) {
        return compile(sources, tokens, TemplateLimits.DEFAULT, Clock.system(ZoneId.systemDefault()));
    }

    /**
     * The prompts of a model.
     *
     * @throws JynamoException TEMPLATE_INVALID if a template does not parse
     */
    public static ChatPrompt compile(
            TemplateSources sources, SpecialTokens tokens, TemplateLimits limits, Clock clock) {
        return new ChatPrompt(sources, tokens, limits, clock);
    }

    private Form form(String source, TemplateLimits limits, Clock clock) {
        var template = ChatTemplates.compile(source, limits, clock);
        var partsOnly = shows(template, List.of(Map.of("type", "text", "text", PROBE))) && !shows(template, PROBE);
        return new Form(
                source,
                template,
                new MessageForm(
                        partsOnly, source.contains("arguments is string"), source.contains("reasoning_content")));
    }

    private boolean shows(ChatTemplate template, Object content) {
        try {
            var messages = List.of(Map.of("role", "user", "content", content));
            return template.render(variables(messages, List.of(), false)).contains(PROBE);
        } catch (JynamoException _) {
            return false; // A template may refuse the trial for its own reasons; it then gets what clients send.
        }
    }

    private Map<String, @Nullable Object> variables(List<?> messages, List<?> tools, boolean addGenerationPrompt) {
        var variables = new HashMap<String, @Nullable Object>(tokens.byName());
        variables.put("messages", messages);
        variables.put("tools", tools.isEmpty() ? null : tools);
        variables.put("documents", null);
        variables.put("add_generation_prompt", addGenerationPrompt);
        return variables;
    }

    /** Whether a template of the model has this word, such as a variable that only some templates read. */
    public boolean names(String variable) {
        return standard.source().contains(variable)
                || (toolUse != null && toolUse.source().contains(variable));
    }

    /**
     * The prompt.
     *
     * @throws JynamoException TEMPLATE_FAILED if the template refuses the messages or breaks on them; INVALID_REQUEST if
     *     the last message cannot be continued
     */
    public String render(Request request) {
        var form = toolUse != null && !request.tools().isEmpty() ? toolUse : standard;
        var messages = form.messages.messages(request.messages());
        var variables = variables(messages, MessageForm.tools(request.tools()), request.addGenerationPrompt());
        variables.putAll(request.templateArguments());
        var prompt = form.template.render(variables);
        return request.continueFinalMessage() ? cut(prompt, messages) : prompt;
    }

    /** The prompt up to the end of the last message's content. */
    private static String cut(String prompt, List<?> messages) {
        var content = finalText(messages);
        var trimmed = Text.strip(content, null, true, true);
        var at = prompt.lastIndexOf(trimmed);
        if (trimmed.isEmpty() || at < 0) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "continue_final_message: the last message's text is empty or not in the prompt that the model's chat"
                            + " template makes of it, so it cannot be continued");
        }
        var untrimmed = Text.strip(content, null, true, false);
        return prompt.substring(0, at + (prompt.startsWith(untrimmed, at) ? untrimmed.length() : trimmed.length()));
    }

    private static String finalText(List<?> messages) {
        if (!messages.isEmpty() && messages.getLast() instanceof Map<?, ?> message) {
            var content = message.get("content");
            if (content instanceof List<?> parts && !parts.isEmpty() && parts.getLast() instanceof Map<?, ?> part) {
                content = part.get("text");
            }
            if (content instanceof String text) {
                return text;
            }
        }
        return "";
    }
}
