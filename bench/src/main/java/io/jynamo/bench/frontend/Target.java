package io.jynamo.bench.frontend;

import io.jynamo.bench.process.Child;
import java.net.URI;
import java.util.List;

/**
 * A started server with what stands behind it.
 *
 * @param name as in the table
 * @param url where it answers
 * @param model name to ask for
 * @param extra further members of each body, for the same behaviour everywhere
 * @param pid the process whose CPU and memory count
 * @param floor what the engine behind it does without it
 * @param children stopped in reverse when closed
 */
record Target(String name, URI url, String model, String extra, long pid, Floor floor, List<Child> children)
        implements AutoCloseable {
    Target {
        children = List.copyOf(children);
    }

    /** Whether it compiles itself while it runs. */
    boolean isJvm() {
        return name.startsWith("jynamo");
    }

    @Override
    public void close() {
        children.reversed().forEach(Child::close);
    }

    /** First token and time per token at concurrency 1 of an engine alone, in milliseconds. */
    interface Floor {
        /** Milliseconds for prompts of so many tokens. */
        Latency measure(int promptTokens, int outputTokens, int requests);

        /** Medians in milliseconds. */
        record Latency(double firstToken, double perToken) {}
    }
}
