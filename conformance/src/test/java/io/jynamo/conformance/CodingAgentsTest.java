package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Coding agents, unchanged, before a model that writes a file through their tools and then says so, and one before a real model. */
class CodingAgentsTest {
    private static final String TASK = "Write hello from jynamo into hello.txt";
    private static final String DONE = "The file is written.";

    @TempDir
    Path folder;

    /** Through chat completions. */
    @Test
    void qwen_code() throws IOException {
        Path program = agent("qwen");
        try (ScriptedModel model = writing("write_file", "file_path")) {
            works(
                    List.of(program.toString(), "--auth-type", "openai", "--yolo", "-p", TASK),
                    Map.of(
                            "OPENAI_BASE_URL",
                            model.at("/v1").toString(),
                            "OPENAI_API_KEY",
                            "none",
                            "OPENAI_MODEL",
                            ScriptedModel.NAME));
        }
    }

    /**
     * Before SmolLM2, which is too small to call: what it says is what the agent shows. The agent's instructions do not fit into its context, so
     * they are exchanged for a line, by the agent's own setting; its tools stay.
     */
    @Test
    @Tag("long")
    void qwen_code_before_a_real_model() throws IOException {
        Path program = agent("qwen");
        SmallModel.assumeHere();
        Path instructions = Files.writeString(folder.resolve("system.md"), "You are a helpful assistant.");
        try (Server server = SmallModel.serve(8_192)) {
            var run = Command.run(
                    List.of(program.toString(), "--auth-type", "openai", "--output-format", "json", "-p", "Say hello."),
                    Map.of(
                            "HOME",
                            home().toString(),
                            "PWD",
                            folder.toString(),
                            "QWEN_SYSTEM_MD",
                            instructions.toString(),
                            "QWEN_CODE_MAX_OUTPUT_TOKENS",
                            "40",
                            "OPENAI_BASE_URL",
                            server.at("/v1").toString(),
                            "OPENAI_API_KEY",
                            "none",
                            "OPENAI_MODEL",
                            SmallModel.NAME),
                    folder);
            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            List<JsonNode> told = Http.parse(run.out()).valueStream().toList();
            assertThat(told.getLast().path("is_error").asBoolean(true)).isFalse();
            assertThat(told.getLast().path("result").asString("")).isNotBlank();
            JsonNode usage = told.get(told.size() - 2).at("/message/usage");
            assertThat(usage.path("input_tokens").asInt()).isGreaterThan(1_000);
            assertThat(usage.path("output_tokens").asInt()).isBetween(1, 40);
        }
    }

    /** Through chat completions of the AI SDK. */
    @Test
    @Tag("long")
    void opencode() throws IOException {
        Path program = agent("opencode");
        try (ScriptedModel model = writing("write", "filePath")) {
            Files.writeString(folder.resolve("opencode.json"), """
                    {"provider": {"jynamo": {"npm": "@ai-sdk/openai-compatible", "name": "Jynamo",
                     "options": {"baseURL": "%s", "apiKey": "none"}, "models": {"%2$s": {}}}},
                     "model": "jynamo/%2$s", "small_model": "jynamo/%2$s", "autoupdate": false, "share": "disabled"}
                    """.formatted(model.at("/v1"), ScriptedModel.NAME));
            works(
                    List.of(program.toString(), "run", TASK),
                    Map.of("OPENCODE_DISABLE_MODELS_FETCH", "1", "OPENCODE_DISABLE_AUTOUPDATE", "1"));
        }
    }

    /** Through Responses. */
    @Test
    @Tag("long")
    void codex() throws IOException {
        Path program = agent("codex");
        String call = ScriptedModel.call("exec_command", "{\"cmd\": \"echo hello from jynamo > hello.txt\"}");
        try (ScriptedModel model = ScriptedModel.saying("I write it.\n" + call, DONE)) {
            Files.writeString(Files.createDirectories(home().resolve(".codex")).resolve("config.toml"), """
                    model = "%s"
                    model_provider = "jynamo"
                    [model_providers.jynamo]
                    name = "Jynamo"
                    base_url = "%s"
                    wire_api = "responses"
                    request_max_retries = 0
                    stream_max_retries = 0
                    """.formatted(
                            ScriptedModel.NAME, model.at("/v1")));
            works(
                    List.of(
                            program.toString(),
                            "exec",
                            "--skip-git-repo-check",
                            "--dangerously-bypass-approvals-and-sandbox",
                            TASK),
                    Map.of());
        }
    }

    /** Through Messages. */
    @Test
    @Tag("long")
    void claude_code() throws IOException {
        Path program = agent("claude");
        try (ScriptedModel model = writing("Write", "file_path")) {
            works(
                    List.of(program.toString(), "-p", TASK, "--allowedTools", "Write"),
                    Map.of(
                            "ANTHROPIC_BASE_URL",
                            model.at("").toString(),
                            "ANTHROPIC_API_KEY",
                            "none",
                            "ANTHROPIC_MODEL",
                            ScriptedModel.NAME,
                            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
                            "1"));
        }
    }

    private static Path agent(String name) {
        return program("agents/node_modules/.bin/" + name, "npm install in conformance/agents/ brings it");
    }

    private static Path program(String place, String advice) {
        Path program = JavaScriptWorker.ROOM.resolve(place);
        assumeTrue(Files.isExecutable(program), "not run: " + place + " is not installed (" + advice + ")");
        return program;
    }

    /** A model that calls the tool by which an agent writes files. */
    private ScriptedModel writing(String tool, String pathArgument) {
        String arguments = "{\"%s\": \"%s\", \"content\": \"hello from jynamo\\n\"}"
                .formatted(pathArgument, folder.resolve("hello.txt"));
        return ScriptedModel.saying("I write it.\n" + ScriptedModel.call(tool, arguments), DONE);
    }

    /** Apart from where they work, whose settings some of them read only there. */
    private Path home() throws IOException {
        return Files.createDirectories(folder.resolve("home"));
    }

    private void works(List<String> line, Map<String, String> environment) throws IOException {
        var all = new java.util.HashMap<>(environment);
        all.put("HOME", home().toString());
        all.put("PWD", folder.toString()); // what a shell would have set, and some look at
        var run = Command.run(line, all, folder);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains(DONE);
        assertThat(folder.resolve("hello.txt")).hasContent("hello from jynamo");
    }
}
