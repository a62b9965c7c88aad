package io.jynamo.cli.graph;

import io.jynamo.cli.config.Nearest;
import io.jynamo.cli.graph.plan.GraphText;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Graphs by the word that {@code jynamo up} is given: a file's path, or the name of a recipe that comes with it. */
final class Recipes {
    /** The files of the repository's folder {@code recipes}. */
    static final List<String> NAMES = List.of("agg", "agg-2-workers", "sim-16", "vllm-agg", "vllm-agg-lmcache");

    private static final long MAX_SIZE = 1 << 20;

    private Recipes() {}

    /**
     * The graph of a word.
     *
     * @param overrides to be put over it
     */
    static GraphText require(String word, List<String> overrides) {
        boolean path = word.contains("/") || word.endsWith(".yaml") || word.endsWith(".yml");
        if (path || Files.isRegularFile(Path.of(word))) {
            return new GraphText(word, stem(word), read(Path.of(word)), overrides);
        }
        if (!NAMES.contains(word)) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "no recipe " + word + Nearest.hint(word, NAMES) + " (there are " + String.join(", ", NAMES)
                            + "); a file is told by its path, such as ./" + word + ".yaml");
        }
        return new GraphText("recipe " + word, word, recipe(word), overrides);
    }

    /** What a recipe says. */
    static String recipe(String name) {
        try (InputStream file = Recipes.class.getResourceAsStream("recipes/" + name + ".yaml")) {
            if (file == null) {
                throw new JynamoException(ErrorCode.INTERNAL, "recipe " + name + " was not built in");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What its one comment says that it shows. */
    static String shows(String name) {
        return recipe(name)
                .lines()
                .filter(line -> line.startsWith("# "))
                .findFirst()
                .map(line -> line.substring(2))
                .orElse("");
    }

    private static String stem(String word) {
        Path file = Path.of(word).getFileName();
        return file == null ? word : file.toString().replaceFirst("\\.ya?ml$", "");
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "graph " + file + " is larger than 1 MiB");
            }
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "graph " + file + " cannot be read: "
                            + (Files.exists(file) ? unreadable.getMessage() : "there is no such file"),
                    unreadable);
        }
    }
}
