package io.jynamo.bench.routing;

import io.jynamo.bench.load.Arguments;
import io.jynamo.simulation.workload.Generators;
import io.jynamo.simulation.workload.MooncakeTrace;
import io.jynamo.simulation.workload.Workload;
import java.nio.file.Path;
import java.util.List;

/**
 * A workload to measure, and what Dynamo's weights are tuned on.
 *
 * @param whole what policies are judged by
 * @param sample of a trace its first quarter, of a generated workload another seed's
 */
record Subject(Workload whole, Workload sample) {
    static final List<String> NAMES = List.of("mooncake", "shared-prompt", "agents");

    /** A request rate at which workers are about half busy. */
    private static final double PROMPTS_PER_WORKER_SECOND = 3;

    private static final double AGENTS_PER_WORKER_SECOND = 0.2;
    private static final int PROMPTS = 1_500;
    private static final int AGENTS = 100;

    static Subject trace(Path file) {
        Workload whole = MooncakeTrace.read(file);
        return new Subject(whole, whole.first(0.25));
    }

    /** One of the generated ones, as large and as fast as suits so many workers. */
    static Subject generated(String name, long seed, int workers) {
        return switch (name) {
            case "shared-prompt" -> new Subject(prompts(seed, workers), prompts(seed + 1, workers));
            case "agents" -> new Subject(agents(seed, workers), agents(seed + 1, workers));
            default ->
                throw Arguments.wrong(
                        "no workload is called '" + name + "'; use all or one of " + String.join(", ", NAMES));
        };
    }

    private static Workload prompts(long seed, int workers) {
        return Generators.sharedPrompt(seed, PROMPTS * workers, PROMPTS_PER_WORKER_SECOND * workers);
    }

    private static Workload agents(long seed, int workers) {
        return Generators.agents(seed, AGENTS * workers, AGENTS_PER_WORKER_SECOND * workers);
    }
}
