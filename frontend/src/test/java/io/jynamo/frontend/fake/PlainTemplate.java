package io.jynamo.frontend.fake;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.ChatTemplate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A template that writes each message as {@code role:content} and a turn token. */
public final class PlainTemplate implements ChatTemplate {
    @Override
    public String render(Map<String, ? extends @Nullable Object> variables) {
        StringBuilder out = new StringBuilder();
        if (variables.get("messages") instanceof List<?> messages) {
            for (Object message : messages) {
                if (message instanceof Map<?, ?> map) {
                    if ("refuse me".equals(map.get("content"))) {
                        throw new JynamoException(ErrorCode.TEMPLATE_FAILED, "The template says no.");
                    }
                    out.append(map.get("role"))
                            .append(':')
                            .append(map.get("content"))
                            .append("<turn>");
                }
            }
        }
        if (variables.get("style") != null) {
            out.append('[').append(variables.get("style")).append(']');
        }
        if (Boolean.TRUE.equals(variables.get("add_generation_prompt"))) {
            out.append("assistant:");
        }
        return out.toString();
    }
}
