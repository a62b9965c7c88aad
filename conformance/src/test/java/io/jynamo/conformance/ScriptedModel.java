package io.jynamo.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A frontend before a model that says what a test wants, in Hermes' markup of calls and Qwen's of thinking: the first text in
 * answer to a user, the next once a tool has answered, and so on.
 */
final class ScriptedModel implements AutoCloseable {
    static final String NAME = JavaScriptWorker.MODEL;

    /** For questions of the weather: thinking and two calls, then {@link #ANSWER}. */
    static final String CALLS = "<think>\nTwo cities.\n</think>\n\nI look.\n" + call("weather", "{\"city\": \"Paris\"}")
            + "\n" + call("weather", "{\"city\": \"Rome\"}");

    static final String ANSWER = "Sunny in both.";

    /** What coding agents tell a model before it does anything is longer than a common context, in bytes. */
    private static final String CONTEXT = "1000000";

    private static final String TOKEN = "a token for the conformance fleet";

    private final TestFleet fleet = new TestFleet();
    private final FleetProcess frontend;
    private final JavaScriptWorker worker;

    private ScriptedModel(String... texts) {
        assumeTrue(
                Files.isDirectory(JavaScriptWorker.ROOM.resolve("node_modules/protobufjs")),
                "not run: the npm package protobufjs is not installed (npm ci in conformance/ brings it)");
        frontend = fleet.frontend(
                "--fleet-token",
                TOKEN,
                "--tool-call-parser",
                "hermes",
                "--reasoning-parser",
                "qwen3",
                "--files-dir",
                Scratch.folder("files").toString());
        List<String> more = new ArrayList<>(List.of("--token", TOKEN, "--context", CONTEXT));
        Arrays.stream(texts).forEach(text -> more.addAll(List.of("--say", text)));
        worker = JavaScriptWorker.start(fleet.discovery(), more.toArray(String[]::new));
        TestFleet.awaitModel(frontend, NAME);
    }

    static ScriptedModel saying(String... texts) {
        return new ScriptedModel(texts);
    }

    /** Tells the weather: {@link #CALLS}, then {@link #ANSWER}. */
    static ScriptedModel ofWeather() {
        return saying(CALLS, ANSWER);
    }

    /** A call as the model writes it. */
    static String call(String name, String arguments) {
        return "<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

    URI at(String path) {
        return frontend.at(path);
    }

    @Override
    public void close() {
        worker.close();
        fleet.close();
    }
}
