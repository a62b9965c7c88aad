package io.jynamo.engine.process;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads from an engine's lines how far it has loaded. Pure. The lines of vLLM 0.32 and SGLang 0.5.23 about weights, KV cache
 * and serving were seen on the CPU; those about graphs and compilation are as their GPU builds write them.
 */
public final class StartProgress {
    private record Stage(Pattern line, String says) {}

    private static final List<Stage> STAGES = List.of(
            stage("Starting to load model (.+?)\\.\\.\\.", "loading model $1"),
            stage("Loading \\w+ checkpoint shards:\\s+(\\d+)% ", "loading weights: $1 %"),
            stage("loading shards:\\s+(\\d+)% ", "loading weights: $1 %"),
            stage("Load weight begin", "loading weights"),
            stage("Load weight end\\. elapsed=([\\d.]+) s", "weights loaded in $1 s"),
            stage("KV Cache is allocated\\..*#tokens: (\\d+)", "KV cache of $1 tokens"),
            stage("Capture cuda graph begin", "capturing graphs"),
            stage("fired up and ready to roll", "serving"),
            stage("Loading weights took ([\\d.]+) seconds", "weights loaded in $1 s"),
            stage("Compiling a graph", "compiling"),
            stage("torch\\.compile takes ([\\d.]+) s", "compiled in $1 s"),
            stage("KV cache size: ([\\d,]+) tokens", "KV cache of $1 tokens"),
            stage("Captur\\w+ (?:CUDA|cuda) graphs?[^%]*?(\\d+)%", "capturing graphs: $1 %"),
            stage("Started server process", "starting the server"),
            stage("Application startup complete", "serving"));

    private StartProgress() {}

    /** A human line; empty for lines that say nothing of it. */
    public static Optional<String> of(String line) {
        for (Stage stage : STAGES) {
            Matcher matcher = stage.line.matcher(line);
            if (matcher.find()) {
                return Optional.of(
                        matcher.groupCount() == 0
                                ? stage.says
                                : stage.says.replace("$1", String.valueOf(matcher.group(1))));
            }
        }
        return Optional.empty();
    }

    private static Stage stage(String line, String says) {
        return new Stage(Pattern.compile(line), says);
    }
}
