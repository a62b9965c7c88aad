package io.jynamo.cli.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Imports one module in a Python process of its own, so that one that crashes or hangs is one finding. */
final class ImportProbe {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String MARK = "jynamo-probe ";

    /**
     * The current folder is taken from the path: a file there named torch.py is not what the engine imports. PYTHONPATH
     * and the user's own packages stay, since the engine sees them too. It leaves without the interpreter's farewell,
     * which is where half-loaded extensions crash.
     */
    private static final String SCRIPT = """
            import sys
            sys.path[:] = [folder for folder in sys.path if folder]
            import importlib, importlib.util, importlib.metadata, json, os
            name, distributions, parts = sys.argv[1], sys.argv[2].split(','), sys.argv[3].split(',')
            told = {'found': False, 'imported': False, 'version': '', 'error': ''}
            for distribution in distributions:
                try:
                    told['version'] = importlib.metadata.version(distribution) or ''
                    break
                except Exception:
                    pass
            try:
                told['found'] = importlib.util.find_spec(name) is not None
                if told['found']:
                    module = importlib.import_module(name)
                    told['version'] = told['version'] or str(getattr(module, '__version__', ''))
                    for part in parts:
                        if part and importlib.util.find_spec(part) is not None:
                            if importlib.util.find_spec('torch') is not None:
                                importlib.import_module('torch')
                            importlib.import_module(part)
                    told['imported'] = True
            except BaseException as error:
                told['error'] = type(error).__name__ + ': ' + ' '.join(str(error).split())[:600]
            sys.stdout.flush()
            sys.stdout.write('\\n' + 'jynamo-probe ' + json.dumps(told) + '\\n')
            sys.stdout.flush()
            os._exit(0)
            """;

    private ImportProbe() {}

    /** What became of an import. */
    sealed interface Outcome {
        /** It can be imported; the version is empty where nothing tells it. */
        record Imported(String version) implements Outcome {}

        /** It is not installed. */
        record Absent() implements Outcome {}

        /** It is there and its import fails, with the exception's type and message on one line. */
        record Broken(String version, String error) implements Outcome {}

        /** The import ended Python; in words, with its exit code and last line. */
        record Died(String how) implements Outcome {}

        /** It was still being imported. */
        record TooSlow(Duration limit) implements Outcome {}

        /** The Python itself does not start. */
        record NoPython(String why) implements Outcome {}
    }

    static Outcome of(Path python, PythonEngine.Module module, Duration limit) {
        List<String> command = new ArrayList<>(List.of(python.toString(), "-c", SCRIPT, module.name()));
        command.add(String.join(",", module.distributions()));
        command.add(String.join(",", module.parts()));
        return switch (Program.run(command, limit)) {
            case Program.Outcome.Ended ended -> read(ended);
            case Program.Outcome.TooSlow slow -> new Outcome.TooSlow(slow.limit());
            case Program.Outcome.NotStarted none -> new Outcome.NoPython(none.why());
        };
    }

    private static Outcome read(Program.Outcome.Ended ended) {
        Optional<String> answer = ended.output()
                .lines()
                .filter(line -> line.startsWith(MARK))
                .reduce((before, last) -> last)
                .map(line -> line.substring(MARK.length()));
        if (answer.isEmpty()) {
            return new Outcome.Died(ended.inWords());
        }
        try {
            JsonNode told = JSON.readTree(answer.get());
            String version = told.path("version").asString("");
            if (told.path("imported").asBoolean(false)) {
                return new Outcome.Imported(version);
            }
            String error = told.path("error").asString("");
            return error.isEmpty() ? new Outcome.Absent() : new Outcome.Broken(version, error);
        } catch (JacksonException garbled) {
            return new Outcome.Died(ended.inWords());
        }
    }
}
