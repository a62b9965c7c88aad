package io.jynamo.cli.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a finished pull writes beside a model: where it came from.
 *
 * @param name what to type to use it
 * @param source the packages or the endpoint, for people
 * @param revision what exactly: versions or a commit
 * @param licence empty where nobody said
 */
record Manifest(String name, String source, String revision, String licence) {
    static final String FILE = "jynamo-model.json";
    private static final long MAX_BYTES = 1 << 16;
    private static final JsonMapper JSON = new JsonMapper();

    void write(Path folder) throws IOException {
        String text = JSON.writerWithDefaultPrettyPrinter()
                .writeValueAsString(JSON.createObjectNode()
                        .put("name", name)
                        .put("source", source)
                        .put("revision", revision)
                        .put("licence", licence));
        Files.writeString(folder.resolve(FILE), text + "\n");
    }

    /** The manifest of a folder; empty where there is none that can be read. */
    static Optional<Manifest> find(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
                return Optional.empty();
            }
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            String name = node.path("name").stringValue("");
            return name.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Manifest(
                            name,
                            node.path("source").stringValue(""),
                            node.path("revision").stringValue(""),
                            node.path("licence").stringValue("")));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }
}
