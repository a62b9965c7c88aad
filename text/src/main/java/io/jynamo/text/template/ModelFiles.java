package io.jynamo.text.template;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The files of a model folder that templates and their tokens stand in. */
final class ModelFiles {
    private static final JsonMapper JSON = new JsonMapper();
    /** No configuration file of a tokenizer comes near this. */
    private static final long LARGEST = 64L << 20;

    private ModelFiles() {}

    /** The templates of a folder, the most specific file first. */
    static Optional<TemplateSources> templates(Path folder) {
        var plain = text(folder.resolve("chat_template.jinja"));
        if (plain != null) {
            var toolUse = text(folder.resolve("additional_chat_templates").resolve("tool_use.jinja"));
            return Optional.of(new TemplateSources(plain, toolUse));
        }
        for (var file : List.of("chat_template.json", "tokenizer_config.json")) {
            var found =
                    sources(folder.resolve(file), object(folder.resolve(file)).get("chat_template"));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<TemplateSources> sources(Path file, @Nullable Object value) {
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String source) {
            return Optional.of(TemplateSources.of(source));
        }
        if (!(value instanceof List<?> named)) {
            throw corrupt(file, "chat_template is neither a text nor a list of named templates");
        }
        String standard = null;
        String toolUse = null;
        for (var entry : named) {
            if (!(entry instanceof Map<?, ?> object
                    && object.get("name") instanceof String name
                    && object.get("template") instanceof String source)) {
                throw corrupt(file, "an entry of chat_template lacks a name or a template");
            }
            standard = name.equals("default") ? source : standard;
            toolUse = name.equals("tool_use") ? source : toolUse;
        }
        if (standard == null) {
            throw corrupt(file, "chat_template has no entry named default");
        }
        return Optional.of(new TemplateSources(standard, toolUse));
    }

    /** The JSON object in {@code file}, empty if there is no such file. */
    static Map<?, ?> object(Path file) {
        var text = text(file);
        if (text == null) {
            return Map.of();
        }
        try {
            if (JSON.readValue(text, Object.class) instanceof Map<?, ?> object) {
                return object;
            }
        } catch (JacksonException e) {
            throw corrupt(file, "not JSON: " + e.getOriginalMessage());
        }
        throw corrupt(file, "not a JSON object");
    }

    private static @Nullable String text(Path file) {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw corrupt(file, "larger than " + (LARGEST >> 20) + " MiB");
            }
            return Files.readString(file);
        } catch (CharacterCodingException _) {
            throw corrupt(file, "not UTF-8");
        } catch (IOException e) {
            throw new JynamoException(ErrorCode.MODEL_FILE_MISSING, "Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static JynamoException corrupt(Path file, String why) {
        return new JynamoException(ErrorCode.MODEL_FILE_CORRUPT, "The model file " + file + " is broken: " + why);
    }
}
