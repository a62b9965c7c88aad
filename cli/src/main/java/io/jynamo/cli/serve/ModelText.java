package io.jynamo.cli.serve;

import io.jynamo.frontend.ServedModel;
import io.jynamo.protocol.Sampling;
import io.jynamo.text.ChatTemplate;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.template.ChatTemplates;
import io.jynamo.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What turns a model's text into ids and back.
 *
 * @param template null when the model has none
 * @param bosText what its template knows as bos_token, or null
 * @param eosText what its template knows as eos_token, or null
 * @param sampling where requests do not say
 */
record ModelText(
        Tokenizer tokenizer,
        @Nullable ChatTemplate template,
        @Nullable String bosText,
        @Nullable String eosText,
        Sampling sampling) {

    private static final String SIMULATED_TEMPLATE = """
            {% for message in messages %}<|im_start|>{{ message.role }}
            {{ message.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";

    /** From the metadata of a GGUF file. */
    static ModelText ofGguf(Map<String, Object> metadata) {
        Tokenizer tokenizer = Tokenizers.fromGguf(metadata);
        Object template = metadata.get("tokenizer.chat_template");
        return new ModelText(
                tokenizer,
                template instanceof String source ? ChatTemplates.compile(source) : null,
                special(tokenizer, metadata.get("tokenizer.ggml.bos_token_id")),
                special(tokenizer, metadata.get("tokenizer.ggml.eos_token_id")),
                ServedModel.PLAIN_SAMPLING);
    }

    /** From a folder in the Hugging Face layout. */
    static ModelText ofFolder(Path folder) {
        FolderDefaults defaults = FolderDefaults.read(folder);
        return new ModelText(
                Tokenizers.fromFolder(folder), null, defaults.bosText(), defaults.eosText(), defaults.sampling());
    }

    /** Of the simulated engine when no model is named: a small vocabulary of our own in ChatML. */
    static ModelText simulated() {
        return new ModelText(
                Tokenizers.fromJson(resource("simulated-tokenizer.json")),
                ChatTemplates.compile(SIMULATED_TEMPLATE),
                null,
                "<|im_end|>",
                ServedModel.PLAIN_SAMPLING);
    }

    private static @Nullable String special(Tokenizer tokenizer, @Nullable Object id) {
        return id instanceof Number number && number.intValue() >= 0 && number.intValue() < tokenizer.vocabularySize()
                ? tokenizer.token(number.intValue())
                : null;
    }

    private static byte[] resource(String name) {
        try (InputStream in = ModelText.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
