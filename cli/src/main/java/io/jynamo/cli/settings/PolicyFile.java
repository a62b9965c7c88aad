package io.jynamo.cli.settings;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.PolicyClasses;
import io.jynamo.router.admission.QueuePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The policy classes of each model, as a file of {@code --router-policy-config} has them; its format is Dynamo's.
 *
 * @param root of models that have none of their own; null where the file has none
 * @param models by name
 */
public record PolicyFile(@Nullable PolicyClasses root, Map<String, PolicyClasses> models) {
    /** No file. */
    public static final PolicyFile NONE = new PolicyFile(null, Map.of());

    private static final long MOST_BYTES = 1 << 20;
    private static final int MOST_MODELS = 1_024;
    private static final String MODELS = "models";

    public PolicyFile {
        models = Map.copyOf(models);
    }

    /** How requests of a model wait that has these names: as the file says of the first that it knows. */
    public AdmissionOptions over(AdmissionOptions plain, List<String> names) {
        PolicyClasses classes = root;
        for (String name : names.reversed()) {
            classes = models.getOrDefault(name, classes);
        }
        return classes == null ? plain : plain.withClasses(classes);
    }

    /**
     * Reads a file.
     *
     * @param otherwise the order in classes that say none
     * @throws JynamoException INVALID_CONFIGURATION saying the file, the key and what is expected there
     */
    public static PolicyFile read(Path path, QueuePolicy otherwise) {
        PolicyNode root = new PolicyNode("policy file " + path, "", load(path));
        Set<String> known = new HashSet<>(PolicyProfile.KEYS);
        known.add(MODELS);
        Map<String, PolicyNode> entries = root.entries(known);
        PolicyNode models = entries.get(MODELS);
        Map<String, PolicyClasses> byName = new HashMap<>();
        if (models != null) {
            Map<String, PolicyNode> profiles = models.entries(null);
            if (profiles.size() > MOST_MODELS) {
                throw models.wrong("has " + profiles.size() + " models; at most " + MOST_MODELS + " may be");
            }
            profiles.forEach(
                    (name, profile) -> byName.put(name, PolicyProfile.read(profile, PolicyProfile.KEYS, otherwise)));
        }
        boolean hasRoot = PolicyProfile.KEYS.stream().anyMatch(entries::containsKey);
        if (!hasRoot && byName.isEmpty()) {
            throw root.wrong("has no classes; expected " + String.join(", ", PolicyProfile.KEYS) + " or " + MODELS);
        }
        return new PolicyFile(hasRoot ? PolicyProfile.read(root, known, otherwise) : null, byName);
    }

    private static @Nullable Object load(Path path) {
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw wrong(path, "is larger than 1 MiB", null);
            }
            LoadSettings settings =
                    LoadSettings.builder().setLabel(path.toString()).build();
            return new Load(settings).loadFromString(Files.readString(path));
        } catch (YamlEngineException e) {
            throw wrong(path, "is not YAML: " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw wrong(path, "does not exist", e);
        } catch (IOException e) {
            throw wrong(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static JynamoException wrong(Path path, String what, @Nullable Throwable cause) {
        return new JynamoException(ErrorCode.INVALID_CONFIGURATION, "policy file " + path + " " + what, cause);
    }
}
