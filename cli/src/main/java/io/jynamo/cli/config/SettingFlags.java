package io.jynamo.cli.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Settings as picocli options. The options take any text: {@link Configuration} reads it, so that what is wrong in a
 * flag, in the environment and in the file is told together.
 */
public final class SettingFlags {
    /** Order of a command's own options, which come before its settings in help. */
    public static final int FIRST = 0;

    private static final String CONFIG = "--config";

    private SettingFlags() {}

    /** Adds {@code --config} and an option for every setting, under the settings' headings. */
    public static CommandSpec addTo(CommandSpec spec, List<Setting<?>> settings) {
        spec.addOption(OptionSpec.builder(CONFIG)
                .paramLabel("FILE")
                .type(Path.class)
                .order(FIRST)
                .description("YAML file with settings; also JYNAMO_CONFIG.")
                .build());
        Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
        int order = FIRST + 1;
        for (Setting<?> setting : settings) {
            int position = order++;
            groups.computeIfAbsent(
                            setting.group(),
                            group -> ArgGroupSpec.builder()
                                    .heading("%n" + group + ":%n")
                                    .validate(false)
                                    .exclusive(false)
                                    .multiplicity("0..1")
                                    .order(position))
                    .addArg(option(setting, position));
        }
        groups.values().forEach(group -> spec.addArgGroup(group.build()));
        spec.parser().unmatchedArgumentsAllowed(true);
        spec.usageMessage()
                .sortOptions(false)
                .longOptionsMaxWidth(36)
                .customSynopsis("jynamo " + spec.name() + " [SETTINGS]");
        return spec;
    }

    /**
     * Settles the settings of a parsed command; unknown flags and a bad file are problems among the others.
     *
     * @param ofOthers settings of other commands, whose variables may be there too
     */
    public static Configuration configure(
            CommandSpec spec, List<Setting<?>> settings, List<Setting<?>> ofOthers, Problems problems) {
        ParseResult parsed = spec.commandLine().getParseResult();
        reportUnmatched(spec, parsed, problems);
        Map<String, List<String>> flags = new LinkedHashMap<>();
        for (Setting<?> setting : settings) {
            if (parsed.hasMatchedOption(setting.flag())) {
                flags.put(
                        setting.name(),
                        List.copyOf(parsed.matchedOption(setting.flag()).originalStringValues()));
            }
        }
        Map<String, String> environment = System.getenv();
        Path file = parsed.matchedOptionValue(CONFIG, (Path) null);
        String named = environment.getOrDefault("JYNAMO_CONFIG", "");
        if (file == null && !named.isEmpty()) {
            file = Path.of(named);
        }
        YamlFile yaml = file == null ? YamlFile.NONE : YamlFile.read(file);
        Set<String> others = ofOthers.stream().map(Setting::variable).collect(Collectors.toSet());
        return Configuration.resolve(settings, new Configuration.Sources(flags, environment, yaml, others), problems);
    }

    /** What stood after {@code --}: flags of a program that this command starts. */
    public static List<String> passedOn(CommandSpec spec) {
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        int end = all.indexOf("--");
        return end < 0 ? List.of() : List.copyOf(all.subList(end + 1, all.size()));
    }

    private static OptionSpec option(Setting<?> setting, int order) {
        String fallback = setting.shownFallback().isEmpty() ? "" : " Default: " + setting.shownFallback() + ".";
        return OptionSpec.builder(setting.flags().toArray(String[]::new))
                .paramLabel(setting.label())
                .description(setting.help().replace("%", "%%") + fallback)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .order(order)
                .build();
    }

    private static void reportUnmatched(CommandSpec spec, ParseResult parsed, Problems problems) {
        Set<String> known = new LinkedHashSet<>();
        spec.options().forEach(option -> known.addAll(List.of(option.names())));
        boolean valueOfUnknownFlag = false;
        List<String> unmatched = parsed.unmatched();
        int ours = Math.max(0, unmatched.size() - passedOn(spec).size());
        for (String argument : unmatched.subList(0, ours)) {
            if (argument.equals("--")) {
                continue;
            }
            if (argument.startsWith("-")) {
                String flag = argument.contains("=") ? argument.substring(0, argument.indexOf('=')) : argument;
                problems.add("unknown flag " + flag + Nearest.hint(flag, known));
                valueOfUnknownFlag = !argument.contains("=");
            } else if (valueOfUnknownFlag) {
                valueOfUnknownFlag = false;
            } else {
                problems.add("unexpected argument '" + argument + "'");
            }
        }
    }
}
