package io.jynamo.bench.frontend;

import io.jynamo.bench.process.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A Dynamo mock worker asked over its own request plane, without Dynamo's frontend.
 *
 * @param tool the program that does it
 * @param tree its discovery files
 */
record DynamoFloor(Path tool, String tree) implements Target.Floor {
    @Override
    public Latency measure(int promptTokens, int outputTokens, int requests) {
        try {
            Process process = new ProcessBuilder(
                            tool.toString(),
                            "--kv",
                            tree,
                            "--isl",
                            Integer.toString(promptTokens),
                            "--osl",
                            Integer.toString(outputTokens),
                            "--requests",
                            Integer.toString(requests))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            JsonNode report = new ObjectMapper().readTree(output);
            return new Latency(
                    report.get("ttft_ms").get("p50").asDouble(),
                    report.get("itl_ms").get("p50").asDouble());
        } catch (IOException e) {
            throw Child.failed("cannot ask Dynamo's worker directly: " + e.getMessage());
        }
    }
}
