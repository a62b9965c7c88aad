package io.jynamo.cli.doctor;

import io.jynamo.engine.process.LmcacheSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Whether an engine's Python can import what the engine needs, and what to do where it cannot. */
final class EngineChecks {
    static final Duration LIMIT = Duration.ofSeconds(30);

    private final PythonEngine engine;
    private final Path python;
    private final Duration limit;

    EngineChecks(PythonEngine engine, Path python, Duration limit) {
        this.engine = engine;
        this.python = python;
        this.limit = limit;
    }

    void run(Consumer<Finding> findings) {
        findings.accept(Finding.info(
                "engine Python",
                python + " for " + engine.word(),
                "required: " + names(true) + "; optional: " + names(false)));
        Map<String, String> versions = new HashMap<>();
        for (PythonEngine.Module module : engine.modules()) {
            ImportProbe.Outcome outcome = ImportProbe.of(python, module, limit);
            if (outcome instanceof ImportProbe.Outcome.NoPython none) {
                findings.accept(Finding.fail(
                        "engine Python",
                        python + " does not start: " + none.why(),
                        "the engine runs in it",
                        "give the engine's own with --python PATH"));
                return;
            }
            version(outcome).ifPresent(version -> versions.put(module.name(), version));
            findings.accept(finding(module, outcome));
        }
        pair(versions).ifPresent(findings);
    }

    private String names(boolean required) {
        return engine.modules().stream()
                .filter(module -> module.isRequired() == required)
                .map(PythonEngine.Module::name)
                .collect(Collectors.joining(", "));
    }

    private static Optional<String> version(ImportProbe.Outcome outcome) {
        String version = switch (outcome) {
            case ImportProbe.Outcome.Imported imported -> imported.version();
            case ImportProbe.Outcome.Broken broken -> broken.version();
            default -> "";
        };
        return version.isEmpty() ? Optional.empty() : Optional.of(version);
    }

    private Finding finding(PythonEngine.Module module, ImportProbe.Outcome outcome) {
        String name = module.name();
        return switch (outcome) {
            case ImportProbe.Outcome.Imported imported ->
                Finding.ok(name, imported.version().isEmpty() ? "imported, version unknown" : imported.version());
            case ImportProbe.Outcome.Absent absent -> absent(module);
            case ImportProbe.Outcome.Broken broken ->
                bad(module, "import fails: " + broken.error(), ImportRemedy.of(broken.error(), python));
            case ImportProbe.Outcome.Died died ->
                bad(
                        module,
                        "Python " + died.how() + ", while importing it",
                        "install it again, for this Python and this machine's driver: "
                                + ImportRemedy.install(
                                        python,
                                        "--force-reinstall "
                                                + module.distributions().getFirst()));
            case ImportProbe.Outcome.TooSlow slow ->
                Finding.warn(
                        name,
                        "import did not end in " + slow.limit().toSeconds() + " s",
                        "a busy machine or slow disk, or an import that hangs; the engine starts as slowly",
                        "run it by hand: " + python + " -X faulthandler -c 'import " + name + "'");
            case ImportProbe.Outcome.NoPython none -> throw new IllegalStateException(none.why());
        };
    }

    private Finding absent(PythonEngine.Module module) {
        String remedy = ImportRemedy.of("No module named '" + module.name() + "'", python);
        return module.isRequired()
                ? Finding.fail(module.name(), "No module named '" + module.name() + "'", why(module), remedy)
                : new Finding(module.name(), Finding.Status.INFO, "not installed", why(module), remedy);
    }

    private Finding bad(PythonEngine.Module module, String what, String remedy) {
        return module.isRequired()
                ? Finding.fail(module.name(), what, why(module), remedy)
                : Finding.warn(module.name(), what, why(module), remedy);
    }

    private String why(PythonEngine.Module module) {
        return module.isRequired() ? engine.word() + " does not start without it" : "optional, for " + module.use();
    }

    /** Whether the vLLM and the LMCache there were ever seen together. */
    static Optional<Finding> pair(Map<String, String> versions) {
        String vllm = versions.get("vllm");
        String lmcache = versions.get("lmcache");
        if (vllm == null || lmcache == null) {
            return Optional.empty();
        }
        List<String> seen = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (LmcacheSettings.Pair pair : LmcacheSettings.MEASURED) {
            String words = "vllm " + pair.vllm() + " with lmcache " + pair.lmcache();
            if (!known.contains(words)) {
                known.add(words);
            }
            if (pair.vllm().equals(release(vllm)) && pair.lmcache().equals(release(lmcache))) {
                seen.add(pair.connector() + ": " + pair.seen());
            }
        }
        String found = "vllm " + vllm + " with lmcache " + lmcache;
        return Optional.of(
                seen.isEmpty()
                        ? Finding.warn(
                                "vllm and lmcache",
                                found + " were not tried together",
                                "vLLM loads LMCache's connector, whose interface changes from release to release",
                                "known to work: " + String.join(", ", known))
                        : new Finding(
                                "vllm and lmcache",
                                Finding.Status.OK,
                                found + " are known",
                                String.join("; ", seen),
                                ""));
    }

    /** Without the build: 0.32.0 of 0.32.0+cpu. */
    private static String release(String version) {
        int plus = version.indexOf('+');
        return plus < 0 ? version : version.substring(0, plus);
    }

    /** The Python of an engine: the one beside the program that starts it, or else any. */
    static Path python(PythonEngine engine, String path) {
        return onPath(engine.command(), path)
                .flatMap(EngineChecks::beside)
                .or(() -> onPath("python3", path))
                .orElse(Path.of("python3"));
    }

    private static Optional<Path> beside(Path command) {
        for (String name : List.of("python3", "python")) {
            Path python = command.resolveSibling(name);
            if (Files.isExecutable(python)) {
                return Optional.of(python);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> onPath(String command, String path) {
        for (String folder : path.split(java.io.File.pathSeparator, -1)) {
            Path program = Path.of(folder).resolve(command);
            if (!folder.isEmpty() && Files.isExecutable(program) && !Files.isDirectory(program)) {
                return Optional.of(program.toAbsolutePath());
            }
        }
        return Optional.empty();
    }
}
