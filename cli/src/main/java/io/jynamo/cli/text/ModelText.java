package io.jynamo.cli.text;

import io.jynamo.engine.weights.GgufFile;
import io.jynamo.engine.weights.Models;
import io.jynamo.frontend.ServedModel;
import io.jynamo.protocol.Sampling;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.ChatTemplates;
import io.jynamo.text.template.MediaTokens;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import io.jynamo.text.tokenizer.PrefixCachedTokenizer;
import io.jynamo.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What turns a model's text into ids and back.
 *
 * @param prompt turns chat messages into text; null when the model has no template
 * @param replies how its answers mark reasoning and calls of tools, as far as its template shows that
 * @param sampling where requests do not say
 */
public record ModelText(Tokenizer tokenizer, @Nullable ChatPrompt prompt, ReplyFormat replies, Sampling sampling) {

    private static final long PROMPT_CACHE_BYTES = 32L << 20;
    static final String SIMULATED_TEMPLATE = """
            {% for message in messages %}<|im_start|>{{ message.role }}
            {{ message.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";

    /** Of a model's folder or GGUF file. */
    public static ModelText of(Path files) {
        if (Files.isDirectory(files) && Files.exists(files.resolve("config.json"))) {
            return ofFolder(files);
        }
        try (GgufFile file = GgufFile.open(Models.ggufFile(files))) {
            return ofGguf(Map.copyOf(file.metadata()));
        }
    }

    /** From the metadata of a GGUF file. */
    public static ModelText ofGguf(Map<String, Object> metadata) {
        Tokenizer tokenizer = Tokenizers.fromGguf(metadata);
        var specials = SpecialTokens.of(
                special(tokenizer, metadata.get("tokenizer.ggml.bos_token_id")),
                special(tokenizer, metadata.get("tokenizer.ggml.eos_token_id")));
        TemplateSources sources =
                metadata.get("tokenizer.chat_template") instanceof String source ? TemplateSources.of(source) : null;
        return new ModelText(
                cached(tokenizer),
                sources == null ? null : ChatPrompt.compile(sources, specials),
                replies(sources),
                ServedModel.PLAIN_SAMPLING);
    }

    /** From a folder in the Hugging Face layout. */
    public static ModelText ofFolder(Path folder) {
        TemplateSources sources = ChatTemplates.find(folder).orElse(null);
        return new ModelText(
                cached(Tokenizers.fromFolder(folder)),
                sources == null
                        ? null
                        : ChatPrompt.compile(sources, SpecialTokens.find(folder))
                                .withMedia(MediaTokens.find(folder)),
                replies(sources),
                FolderSampling.read(folder));
    }

    /** Of the simulated engine when no model is named: a small vocabulary of our own in ChatML. */
    public static ModelText simulated() {
        return new ModelText(
                cached(Tokenizers.fromJson(resource("simulated-tokenizer.json"))),
                ChatPrompt.compile(TemplateSources.of(SIMULATED_TEMPLATE), SpecialTokens.of("", "<|im_end|>")),
                ReplyFormat.PLAIN,
                ServedModel.PLAIN_SAMPLING);
    }

    private static ReplyFormat replies(@Nullable TemplateSources sources) {
        if (sources == null) {
            return ReplyFormat.PLAIN;
        }
        String toolUse = sources.toolUse();
        return ReplyFormat.guess(toolUse == null ? sources.standard() : toolUse);
    }

    /** Prompts of a conversation begin alike: what was tokenized is not tokenized again. */
    private static Tokenizer cached(Tokenizer tokenizer) {
        return new PrefixCachedTokenizer(tokenizer, PROMPT_CACHE_BYTES);
    }

    private static String special(Tokenizer tokenizer, @Nullable Object id) {
        return id instanceof Number number && number.intValue() >= 0 && number.intValue() < tokenizer.vocabularySize()
                ? tokenizer.token(number.intValue())
                : "";
    }

    static byte[] resource(String name) {
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
