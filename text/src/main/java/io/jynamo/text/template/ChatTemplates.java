package io.jynamo.text.template;

import io.jynamo.text.ChatTemplate;
import java.time.Clock;
import java.time.ZoneId;

/** The way to a {@link ChatTemplate}: compiles a template's source. */
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
}
