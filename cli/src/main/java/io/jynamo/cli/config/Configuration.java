package io.jynamo.cli.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The values of a command's settings, each with where it came from.
 *
 * <p>Flags win over the environment, the environment over the file, the file over the default. Everything wrong in any
 * of them, an overridden one included, is a {@link Problems} entry, so that one run shows all there is to mend.
 */
public final class Configuration {
    /** Variables that begin with JYNAMO_ and are not settings of a command. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "JYNAMO_JAVA_OPTS",
            "JYNAMO_PEERS",
            "JYNAMO_HOME",
            "JYNAMO_PIP",
            "JYNAMO_CONFIG",
            "JYNAMO_GRAPH_CONTROL",
            "JYNAMO_ENGINE_TOKEN");

    private final Map<Setting<?>, Value> values;

    private Configuration(Map<Setting<?>, Value> values) {
        this.values = values;
    }

    private record Value(@Nullable Object value, List<String> texts, String origin) {}

    /**
     * What the user said, as written.
     *
     * @param flags setting name to values
     * @param environment the process environment
     * @param file the YAML file, read; {@link YamlFile#NONE} for none
     * @param others variables that other commands read, and this one need not know
     */
    public record Sources(
            Map<String, List<String>> flags, Map<String, String> environment, YamlFile file, Set<String> others) {
        /** Where no other command has settings. */
        public Sources(Map<String, List<String>> flags, Map<String, String> environment, YamlFile file) {
            this(flags, environment, file, Set.of());
        }
    }

    /** Settles every setting; what is wrong goes to {@code problems} and leaves the setting at its default. */
    public static Configuration resolve(Collection<Setting<?>> settings, Sources sources, Problems problems) {
        Map<String, Setting<?>> byName = new LinkedHashMap<>();
        settings.forEach(setting -> byName.put(setting.name(), setting));
        reportUnknown(byName, sources, problems);
        Map<Setting<?>, Value> values = new LinkedHashMap<>();
        for (Setting<?> setting : settings) {
            Value value = new Value(setting.fallback(), fallbackTexts(setting), "default");
            // Weakest first, so that each stronger source replaces it and every one is checked.
            value = read(
                    setting,
                    sources.file.entries().get(setting.name()),
                    sources.file.origin(setting.name()),
                    value,
                    problems);
            value = read(
                    setting,
                    variable(setting, sources.environment),
                    "environment " + setting.variable(),
                    value,
                    problems);
            value = read(setting, sources.flags.get(setting.name()), "flag " + setting.flag(), value, problems);
            values.put(setting, value);
        }
        return new Configuration(values);
    }

    /** The value of a setting that was among those resolved. */
    @SuppressWarnings("unchecked") // resolve() stored what the setting's own reader or fallback gave.
    public <T> T get(Setting<T> setting) {
        Value value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException("not a setting of this command: " + setting.name());
        }
        return (T) Objects.requireNonNull(value.value);
    }

    /** Whether anything but the default decided. */
    public boolean isGiven(Setting<?> setting) {
        Value value = values.get(setting);
        return value != null && !value.origin.equals("default");
    }

    /** Every setting with its value and origin, a line each, in YAML that can be used as a file; secrets are hidden. */
    public String print() {
        int width =
                values.keySet().stream().mapToInt(s -> s.name().length()).max().orElse(0) + 1;
        List<String> left = new ArrayList<>();
        List<String> origins = new ArrayList<>();
        values.forEach((setting, value) -> {
            left.add(("%-" + width + "s %s")
                    .formatted(setting.name() + ":", shown(setting, value))
                    .stripTrailing());
            origins.add(value.origin);
        });
        int column = Math.min(60, left.stream().mapToInt(String::length).max().orElse(0)) + 2;
        var text = new StringBuilder();
        for (int i = 0; i < left.size(); i++) {
            text.append(("%-" + column + "s# %s%n").formatted(left.get(i), origins.get(i)));
        }
        return text.toString();
    }

    private static String shown(Setting<?> setting, Value value) {
        if (setting.isSecret() && !value.texts.isEmpty()) {
            return "[\"(hidden)\"]";
        }
        if (setting.isList()) {
            return "["
                    + String.join(
                            ", ", value.texts.stream().map(YamlFile::quoted).toList()) + "]";
        }
        return value.texts.isEmpty() ? "null" : YamlFile.quoted(value.texts.getLast());
    }

    private static List<String> fallbackTexts(Setting<?> setting) {
        return setting.shownFallback().isEmpty() ? List.of() : List.of(setting.shownFallback());
    }

    private static @Nullable List<String> variable(Setting<?> setting, Map<String, String> environment) {
        String text = environment.get(setting.variable());
        if (text == null || text.isEmpty()) {
            return null;
        }
        return setting.isList() ? Stream.of(text.split(",")).map(String::strip).toList() : List.of(text);
    }

    private static Value read(
            Setting<?> setting, @Nullable List<String> texts, String origin, Value weaker, Problems problems) {
        if (texts == null || texts.isEmpty()) {
            return weaker;
        }
        try {
            return new Value(setting.reader().read(texts), texts, origin);
        } catch (IllegalArgumentException e) {
            problems.add(origin + ": " + e.getMessage());
            return weaker;
        }
    }

    private static void reportUnknown(Map<String, Setting<?>> byName, Sources sources, Problems problems) {
        for (String key : sources.file.entries().keySet()) {
            if (!byName.containsKey(key)) {
                problems.add(sources.file.origin(key) + ": no such setting" + Nearest.hint(key, byName.keySet()));
            }
        }
        Map<String, String> variables = new HashMap<>();
        byName.values().forEach(setting -> variables.put(setting.variable(), setting.name()));
        sources.environment.keySet().stream()
                .filter(name -> name.startsWith("JYNAMO_"))
                .sorted()
                .forEach(name -> {
                    if (!variables.containsKey(name)
                            && !OTHER_VARIABLES.contains(name)
                            && !sources.others.contains(name)) {
                        problems.add(
                                "environment " + name + ": no such setting" + Nearest.hint(name, variables.keySet()));
                    }
                });
    }
}
