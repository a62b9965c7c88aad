package io.jynamo.cli.config;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A configuration file, read: one YAML map of setting names to a value or a list of values.
 *
 * @param path for messages
 * @param entries setting name to its values as text
 */
public record YamlFile(String path, Map<String, List<String>> entries) {
    /** No file. */
    public static final YamlFile NONE = new YamlFile("", Map.of());

    private static final long MAX_SIZE = 1 << 20;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@-]*[A-Za-z0-9_./@-]");

    /**
     * Reads a file.
     *
     * @throws JynamoException INVALID_CONFIGURATION when it cannot be read or is not a flat map
     */
    public static YamlFile read(Path path) {
        try {
            if (Files.size(path) > MAX_SIZE) {
                throw wrong(path, "is larger than 1 MiB", null);
            }
            Object root = new Load(
                            LoadSettings.builder().setLabel(path.toString()).build())
                    .loadFromString(Files.readString(path));
            return new YamlFile(path.toString(), entries(path, root));
        } catch (YamlEngineException e) {
            throw wrong(path, "is not YAML: " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw wrong(path, "does not exist", e);
        } catch (IOException e) {
            throw wrong(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    String origin(String key) {
        return "file " + path + ", " + key;
    }

    /** A text as a YAML scalar that reads back as itself. */
    static String quoted(String text) {
        return PLAIN.matcher(text).matches()
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static Map<String, List<String>> entries(Path path, @Nullable Object root) {
        if (root == null) {
            return Map.of();
        }
        if (!(root instanceof Map<?, ?> map)) {
            throw wrong(path, "must be a map of settings, such as 'port: 8000'", null);
        }
        Map<String, List<String>> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value instanceof Map) {
                throw wrong(path, "has a map under '" + key + "', where a value is expected", null);
            }
            List<?> items = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
            entries.put(String.valueOf(key), items.stream().map(String::valueOf).toList());
        });
        return entries;
    }

    private static JynamoException wrong(Path path, String what, @Nullable Throwable cause) {
        return new JynamoException(ErrorCode.INVALID_CONFIGURATION, "configuration file " + path + " " + what, cause);
    }
}
