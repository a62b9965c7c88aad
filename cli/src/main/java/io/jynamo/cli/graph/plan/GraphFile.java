package io.jynamo.cli.graph.plan;

import io.jynamo.cli.config.Nearest;
import io.jynamo.cli.config.Problems;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A graph as its file says it. Everything wrong in it is told at once, each with its line. */
final class GraphFile {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
    private static final List<String> ROOT = List.of("name", "roles");
    private static final List<String> ROLE = List.of("command", "replicas", "flags", "engine-flags", "environment");
    private static final int MOST_ROLES = 256;

    private final String label;
    private final Problems problems;
    private final Map<String, RoleDraft> roles = new LinkedHashMap<>();
    private String name;

    private GraphFile(String label, String name, Problems problems) {
        this.label = label;
        this.name = name;
        this.problems = problems;
    }

    /**
     * Reads one.
     *
     * @param label what messages call it
     * @param fallbackName its name where it says none
     * @throws JynamoException INVALID_CONFIGURATION where it is no YAML at all
     */
    static GraphFile read(String label, String fallbackName, String text, Problems problems) {
        var file = new GraphFile(label, fallbackName, problems);
        try {
            Optional<Node> root =
                    new Compose(LoadSettings.builder().setLabel(label).build()).composeString(text);
            if (root.orElse(null) instanceof MappingNode map) {
                file.root(map);
            } else {
                problems.add(label + " must be a map with 'name' and 'roles'");
            }
        } catch (YamlEngineException e) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, label + " is not YAML: " + e.getMessage(), e);
        }
        return file;
    }

    String name() {
        return name;
    }

    Map<String, RoleDraft> roles() {
        return roles;
    }

    private void root(MappingNode root) {
        @Nullable Node named = null;
        @Nullable Node all = null;
        for (NodeTuple entry : entries(root, "", ROOT)) {
            switch (key(entry)) {
                case "name" -> named = entry.getValueNode();
                default -> all = entry.getValueNode();
            }
        }
        if (named != null) {
            name = scalar(named, "name").orElse(name);
        }
        if (!NAME.matcher(name).matches()) {
            problems.add((named == null ? label : where(named)) + ": name '" + name
                    + "' must be lower-case letters, digits and hyphens, 40 at most");
        }
        if (all == null) {
            problems.add(label + ": roles are missing: a map of role names, such as 'frontend: {command: frontend}'");
        } else {
            each(all, "roles", this::role);
        }
        if (roles.size() > MOST_ROLES) {
            problems.add(label + ": " + roles.size() + " roles are more than " + MOST_ROLES);
        }
    }

    private void role(String roleName, Node node) {
        String path = "roles." + roleName;
        if (!NAME.matcher(roleName).matches()) {
            problems.add(where(node) + ": role name '" + roleName
                    + "' must be lower-case letters, digits and hyphens, 40 at most");
        }
        var draft = new RoleDraft(roleName, where(node) + ", " + path);
        roles.put(roleName, draft);
        if (!(node instanceof MappingNode map)) {
            problems.add(where(node) + ": " + path + " must be a map with 'command'");
            return;
        }
        for (NodeTuple entry : entries(map, path + ".", ROLE)) {
            Node value = entry.getValueNode();
            String key = key(entry);
            switch (key) {
                case "command" -> draft.command = given(value, path + "." + key);
                case "replicas" -> draft.replicas = given(value, path + "." + key);
                case "engine-flags" -> texts(value, path + "." + key).ifPresent(draft.engineFlags::addAll);
                case "flags" ->
                    each(
                            value,
                            path + ".flags",
                            (flag, said) -> texts(said, path + ".flags." + flag)
                                    .ifPresent(values ->
                                            draft.flags.put(bare(flag), new Given(values, where(said) + ", " + path))));
                default ->
                    each(
                            value,
                            path + ".environment",
                            (variable, said) -> given(said, path + ".environment." + variable)
                                    .ifPresent(one -> draft.environment.put(variable, one)));
            }
        }
        if (draft.command.isEmpty()
                && map.getValue().stream().noneMatch(entry -> key(entry).equals("command"))) {
            problems.add(draft.where + ": command is missing, such as 'command: worker'");
        }
    }

    /** A flag may be written with its dashes. */
    static String bare(String flag) {
        return flag.startsWith("--") ? flag.substring(2) : flag;
    }

    private void each(Node node, String path, BiConsumer<String, Node> told) {
        if (!(node instanceof MappingNode map)) {
            problems.add(where(node) + ": " + path + " must be a map");
            return;
        }
        entries(map, path + ".", List.of()).forEach(entry -> told.accept(key(entry), entry.getValueNode()));
    }

    /** The entries of a map whose keys are known, each once; an empty list of known ones knows all. */
    private List<NodeTuple> entries(MappingNode map, String path, List<String> known) {
        Set<String> seen = new HashSet<>();
        List<NodeTuple> good = new ArrayList<>();
        for (NodeTuple entry : map.getValue()) {
            String key = key(entry);
            String at = where(entry.getKeyNode()) + ": ";
            if (!known.isEmpty() && !known.contains(key)) {
                problems.add(at + "no such key " + path + key + Nearest.hint(key, known));
            } else if (!seen.add(key)) {
                problems.add(at + path + key + " is there twice");
            } else {
                good.add(entry);
            }
        }
        return good;
    }

    private static String key(NodeTuple entry) {
        return entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
    }

    private Optional<Given> given(Node node, String path) {
        return scalar(node, path).map(text -> new Given(List.of(text), where(node)));
    }

    private Optional<String> scalar(Node node, String path) {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return Optional.of(scalar.getValue());
        }
        problems.add(where(node) + ": " + path + " must be a single value");
        return Optional.empty();
    }

    private Optional<List<String>> texts(Node node, String path) {
        if (!(node instanceof SequenceNode list)) {
            return node instanceof MappingNode
                    ? refuse(node, path + " must be a value or a list of values")
                    : scalar(node, path).map(List::of);
        }
        List<String> texts = new ArrayList<>();
        list.getValue().forEach(item -> scalar(item, path).ifPresent(texts::add));
        return Optional.of(texts);
    }

    private Optional<List<String>> refuse(Node node, String why) {
        problems.add(where(node) + ": " + why);
        return Optional.empty();
    }

    private String where(Node node) {
        return node.getStartMark()
                .map(mark -> label + " line " + (mark.getLine() + 1))
                .orElse(label);
    }

    /**
     * Puts {@code ROLE.KEY=VALUE} over what the file says; KEY is a flag, {@code replicas} or {@code engine-flags}.
     */
    void set(String override) {
        int equals = override.indexOf('=');
        int dot = override.indexOf('.');
        String where = "--set " + override;
        if (dot <= 0 || equals < dot + 2) {
            problems.add(where + ": must be ROLE.FLAG=VALUE, such as frontend.port=0");
            return;
        }
        String role = override.substring(0, dot);
        String key = bare(override.substring(dot + 1, equals));
        String value = override.substring(equals + 1);
        RoleDraft draft = roles.get(role);
        if (draft == null) {
            problems.add(where + ": no role " + role + Nearest.hint(role, roles.keySet()));
            return;
        }
        switch (key) {
            case "replicas" -> draft.replicas = Optional.of(new Given(List.of(value), where));
            case "engine-flags" ->
                draft.engineFlags.addAll(Arrays.asList(value.strip().split("\\s+", -1)));
            default -> draft.flags.put(key, new Given(List.of(value), where));
        }
    }
}
