package io.jynamo.cli.graph;

import java.util.List;
import java.util.Set;

/**
 * Whether a command needs the JVM's vector module, which the embedded engine computes with. While it is resolved the JVM
 * links no class ahead of time, so that commands which surely do not compute start faster without it. The launcher decides
 * by the same rule, in bash.
 */
public final class VectorModule {
    static final String FLAG = "--add-modules=jdk.incubator.vector";

    private static final Set<String> NEVER = Set.of(
            "frontend",
            "up",
            "status",
            "scale",
            "logs",
            "restart",
            "stop",
            "supervise",
            "route",
            "keys",
            "pull",
            "models",
            "completion",
            "",
            "-h",
            "--help",
            "-V",
            "--version");
    private static final Set<String> BY_ENGINE = Set.of("serve", "worker", "ask");
    private static final Set<String> ELSEWHERE = Set.of("sim", "vllm", "sglang", "trtllm", "openai");
    private static final String ENGINE = "--engine";

    private VectorModule() {}

    /** Whether a command with these arguments may compute; when in doubt, it may. */
    public static boolean isWanted(List<String> arguments) {
        String command = arguments.isEmpty() ? "" : arguments.getFirst();
        if (!BY_ENGINE.contains(command)) {
            return !NEVER.contains(command);
        }
        String before = "";
        for (String word : arguments) {
            if (word.equals("--")) {
                return true;
            }
            boolean joined = word.startsWith(ENGINE + "=");
            String value = joined ? word.substring(ENGINE.length() + 1) : word;
            if ((joined || before.equals(ENGINE)) && ELSEWHERE.contains(value)) {
                return false;
            }
            before = word;
        }
        return true;
    }

    /** The name of the start-up cache of commands with or without it. */
    static String cacheName(boolean vectors) {
        return vectors ? "jynamo-vectors.aot" : "jynamo.aot";
    }
}
