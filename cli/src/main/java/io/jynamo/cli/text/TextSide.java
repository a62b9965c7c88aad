package io.jynamo.cli.text;

import io.jynamo.runtime.session.TextContent;
import java.nio.file.Path;
import java.util.List;

/**
 * A model's text side, as it is used here and as it is offered to others.
 *
 * @param files what others need to make the same
 */
public record TextSide(ModelText text, List<TextContent> files) {
    public TextSide {
        files = List.copyOf(files);
    }

    /** Of a model's folder or GGUF file. */
    public static TextSide of(Path files) {
        return new TextSide(ModelText.of(files), OfferedText.of(files));
    }

    /** Of the simulated engine's own model. */
    public static TextSide simulated() {
        return new TextSide(ModelText.simulated(), OfferedText.simulated());
    }

    /** One name for the files. */
    public String digest() {
        return digest(files);
    }

    static String digest(List<TextContent> files) {
        return OfferedText.digest(files.stream().map(TextContent::file).toList());
    }
}
