package io.jynamo.text.template;

import io.jynamo.text.ChatTemplate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;

/** The way to a {@link ChatTemplate}: compiles a template's source, and finds it in a model. */
public final class ChatTemplates {
    private ChatTemplates() {}

    /** A template over the system's clock and zone, within {@link TemplateLimits#DEFAULT}. */
    public static ChatTemplate compile(String source) {
        return compile(source, TemplateLimits.DEFAULT);
    }

    /** A template over the system's clock and zone. */
    public static ChatTemplate compile(String source, TemplateLimits limits) {
        return compile(source, limits, Clock.system(ZoneId.systemDefault()));
    }

    /**
     * A template.
     *
     * @param clock what strftime_now reads
     * @throws io.jynamo.protocol.JynamoException TEMPLATE_INVALID with the line of the source that does not parse
     */
    public static ChatTemplate compile(String source, TemplateLimits limits, Clock clock) {
        return CompiledTemplate.parse(source, limits, clock);
    }

    /**
     * The templates of a model folder: {@code chat_template.jinja} (with {@code additional_chat_templates/tool_use.jinja}),
     * else {@code chat_template.json}, else {@code chat_template} in {@code tokenizer_config.json}, a text or a list of
     * named ones. Empty if it has none: such a model takes completions only.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT with the file and what is wrong with it
     */
    public static Optional<TemplateSources> find(Path folder) {
        return ModelFiles.templates(folder);
    }
}
