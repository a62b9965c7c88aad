package io.jynamo.text;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled chat template of a model. Immutable and safe for use by many threads. */
public interface ChatTemplate {
    /**
     * Renders a prompt.
     *
     * @param variables values as JSON gives them: {@code Map<String, ?>} (in order), {@code List<?>}, {@code String},
     *     {@code Boolean}, {@code Long}, {@code java.math.BigInteger}, {@code Double}, null; the usual names are messages,
     *     tools, add_generation_prompt, bos_token, eos_token
     * @throws io.jynamo.protocol.JynamoException TEMPLATE_FAILED with the template's own words where it called
     *     raise_exception
     */
    String render(Map<String, ? extends @Nullable Object> variables);
}
