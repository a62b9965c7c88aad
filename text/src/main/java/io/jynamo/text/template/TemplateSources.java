package io.jynamo.text.template;

import org.jspecify.annotations.Nullable;

/**
 * The chat templates a model carries, as source.
 *
 * @param standard the template for every request, named default where a model has several
 * @param toolUse the one for requests with tools, or null where the standard one takes them too
 */
public record TemplateSources(String standard, @Nullable String toolUse) {
    /** One template for all, as GGUF's {@code tokenizer.chat_template} gives it. */
    public static TemplateSources of(String standard) {
        return new TemplateSources(standard, null);
    }
}
