package io.jynamo.cli.graph.plan;

import io.jynamo.cli.config.Nearest;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Readers;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.settings.AllSettings;
import io.jynamo.cli.settings.FleetSettings;
import io.jynamo.cli.settings.HttpSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Compares a role with what its command takes, and makes its command line. */
final class RoleCheck {
    private static final int MOST_REPLICAS = 1024;
    private static final Set<String> ANNOUNCING = Set.of("frontend", "worker", "serve");
    private static final Set<String> FRONT = Set.of("frontend", "serve");
    private static final Set<String> NOT_IN_A_FILE = Set.of("--help", "--version", "--verbose", "--print-config");
    private static final Duration AFTER_DRAIN = Duration.ofSeconds(10);
    private static final List<String> PORTS = List.of("port", "worker-port");
    private static final Map<String, Setting<?>> SETTINGS =
            AllSettings.LIST.stream().collect(Collectors.toMap(Setting::name, setting -> setting, (a, b) -> a));

    private final Map<String, Supplier<CommandSpec>> commands;
    private final String discovery;
    private final Problems problems;

    /**
     * A check of a graph's roles.
     *
     * @param commands which a role can be
     * @param discovery where its roles find each other unless they say otherwise
     */
    RoleCheck(Map<String, Supplier<CommandSpec>> commands, String discovery, Problems problems) {
        this.commands = commands;
        this.discovery = discovery;
        this.problems = problems;
    }

    /** The role as it is run; empty where its command is none. */
    Optional<RolePlan> check(RoleDraft draft) {
        if (draft.command.isEmpty()) {
            return Optional.empty();
        }
        Given command = draft.command.get();
        String word = command.values().getFirst();
        Supplier<CommandSpec> found = commands.get(word);
        if (found == null) {
            problems.add(command.where() + ": no command " + word + Nearest.hint(word, commands.keySet()));
            return Optional.empty();
        }
        Map<String, OptionSpec> options = options(found.get());
        Map<String, String> environment = new LinkedHashMap<>();
        draft.environment.forEach(
                (variable, given) -> environment.put(variable, given.values().getFirst()));
        List<String> line = new ArrayList<>(List.of(word));
        draft.flags.forEach((flag, given) -> flag(flag, given, options, line, environment));
        if (options.containsKey(FleetSettings.DISCOVERY.name())
                && !draft.flags.containsKey(FleetSettings.DISCOVERY.name())) {
            line.addAll(List.of(FleetSettings.DISCOVERY.flag(), discovery));
        }
        if (!draft.engineFlags.isEmpty()) {
            if (!options.containsKey("engine")) {
                problems.add(draft.where + ": engine-flags are for a command that launches an engine, not for " + word);
            }
            line.add("--");
            line.addAll(draft.engineFlags);
        }
        int most = hasFixedPort(draft, options) ? 1 : MOST_REPLICAS;
        return Optional.of(new RolePlan(
                draft.name,
                line,
                environment,
                replicas(draft, most),
                most,
                drain(draft, options),
                ANNOUNCING.contains(word),
                FRONT.contains(word)));
    }

    private static Map<String, OptionSpec> options(CommandSpec spec) {
        Map<String, OptionSpec> options = new LinkedHashMap<>();
        spec.options().forEach(option -> {
            if (!NOT_IN_A_FILE.contains(option.longestName())) {
                options.put(GraphFile.bare(option.longestName()), option);
            }
        });
        return options;
    }

    private void flag(
            String flag,
            Given given,
            Map<String, OptionSpec> options,
            List<String> line,
            Map<String, String> environment) {
        OptionSpec option = options.get(flag);
        if (option == null) {
            problems.add(given.where() + ": " + line.getFirst() + " has no flag " + flag
                    + Nearest.hint(flag, options.keySet()));
            return;
        }
        Setting<?> setting = SETTINGS.get(flag);
        try {
            if (setting != null && !given.values().isEmpty()) {
                var _ = setting.reader().read(given.values());
            }
        } catch (IllegalArgumentException wrong) {
            problems.add(given.where() + ": " + flag + " " + wrong.getMessage());
        }
        if (setting != null && setting.isSecret()) {
            environment.put(setting.variable(), String.join(",", given.values())); // others can read a command line
        } else if (option.arity().max() == 0) {
            if (on(flag, given)) {
                line.add("--" + flag);
            }
        } else {
            given.values().forEach(value -> line.addAll(List.of("--" + flag, value)));
        }
    }

    private boolean on(String flag, Given given) {
        try {
            return Readers.yesOrNo()
                    .read(given.values().isEmpty() ? "" : given.values().getLast());
        } catch (IllegalArgumentException wrong) {
            problems.add(given.where() + ": " + flag + " " + wrong.getMessage());
            return false;
        }
    }

    /** Two processes cannot listen on one port. */
    private static boolean hasFixedPort(RoleDraft draft, Map<String, OptionSpec> options) {
        return PORTS.stream().filter(options::containsKey).anyMatch(port -> {
            Given given = draft.flags.get(port);
            Setting<?> setting = SETTINGS.get(port);
            String value = given != null && !given.values().isEmpty()
                    ? given.values().getLast()
                    : setting == null ? "0" : setting.shownFallback();
            return !value.equals("0");
        });
    }

    private int replicas(RoleDraft draft, int most) {
        if (draft.replicas.isEmpty()) {
            return 1;
        }
        Given given = draft.replicas.get();
        try {
            int count = Readers.count(0, MOST_REPLICAS).read(given.values().getLast());
            if (count > most) {
                problems.add(given.where() + ": " + count + " replicas of " + draft.name
                        + " cannot listen on one port; give it port 0");
            }
            return count;
        } catch (IllegalArgumentException wrong) {
            problems.add(given.where() + ": replicas " + wrong.getMessage());
            return 1;
        }
    }

    private static Duration drain(RoleDraft draft, Map<String, OptionSpec> options) {
        Setting<Duration> setting = HttpSettings.DRAIN_TIMEOUT;
        if (!options.containsKey(setting.name())) {
            return AFTER_DRAIN;
        }
        Given given = draft.flags.get(setting.name());
        try {
            return (given == null ? setting.fallback() : setting.reader().read(given.values())).plus(AFTER_DRAIN);
        } catch (IllegalArgumentException toldAlready) {
            return AFTER_DRAIN;
        }
    }
}
