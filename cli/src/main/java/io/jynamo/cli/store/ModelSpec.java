package io.jynamo.cli.store;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a user's word for a model means, before anything is looked up but the existence of a path. */
public sealed interface ModelSpec {
    /** A Hugging Face folder, a folder with a GGUF file, or such a file, on this machine. */
    record Local(Path path) implements ModelSpec {
        @Override
        public String text() {
            return path.toString();
        }
    }

    /** A model of the catalogue. */
    record Alias(CatalogueModel model) implements ModelSpec {
        @Override
        public String text() {
            return model.alias();
        }
    }

    /**
     * A model of a Hugging Face endpoint.
     *
     * @param repository {@code org/name}, or the {@code name} alone of the oldest models
     * @param revision a branch, tag or commit
     * @param file the one GGUF file that is meant, or null for the safetensors folder
     */
    record Hub(String repository, String revision, @Nullable String file) implements ModelSpec {
        private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
        private static final Pattern FORM = Pattern.compile("hf:(" + NAME + "(?:/" + NAME
                + ")?)(?:@([A-Za-z0-9][A-Za-z0-9._-]{0,95}))?((?:/" + NAME + ")*\\.gguf)?");

        static Hub parse(String text) {
            Matcher m = FORM.matcher(text);
            if (!m.matches() || text.contains("..")) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "'" + text + "' is not hf:org/name, hf:org/name@revision or hf:org/name/file.gguf");
            }
            String file = m.group(3) == null ? null : m.group(3).substring(1);
            return new Hub(m.group(1), m.group(2) == null ? "main" : m.group(2), file);
        }

        @Override
        public String text() {
            return "hf:" + repository + (revision.equals("main") ? "" : "@" + revision)
                    + (file == null ? "" : "/" + file);
        }
    }

    /** The word, as a user would type it. */
    String text();

    /**
     * Parses a word. {@code hf:} decides first, then the catalogue's aliases, then paths; write {@code ./name} for a folder that has an alias's
     * name.
     *
     * @throws JynamoException INVALID_CONFIGURATION for a malformed {@code hf:} word; MODEL_FILE_MISSING for a word that is neither alias nor path
     */
    static ModelSpec parse(String text) {
        if (text.startsWith("hf:")) {
            return Hub.parse(text);
        }
        var alias = Catalogue.find(text);
        if (alias.isPresent()) {
            return new Alias(alias.get());
        }
        try {
            Path path = Path.of(text);
            if (!text.isBlank() && Files.exists(path)) {
                return new Local(path);
            }
        } catch (InvalidPathException e) {
            // Falls through to the message below: it is no path either.
        }
        throw new JynamoException(
                ErrorCode.MODEL_FILE_MISSING,
                "there is no file or folder '" + text + "' and no model of that name; known names: "
                        + String.join(", ", Catalogue.aliases()) + "; or give hf:org/name");
    }
}
