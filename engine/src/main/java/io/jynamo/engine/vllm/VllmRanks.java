package io.jynamo.engine.vllm;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.PrometheusText;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.protocol.JynamoException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The data-parallel ranks behind one vLLM server, each an engine with its own cache and queue: how many there are, and
 * whether a request can be sent to one of them.
 */
public final class VllmRanks {
    private VllmRanks() {}

    /**
     * How many ranks can be asked for by number, as far as the server tells; 1 where it chooses itself.
     *
     * @throws JynamoException WORKER_LOST where it does not answer
     */
    public static int count(AttachOptions options) {
        try (EngineHttp http = new EngineHttp(options)) {
            EngineHttp.Page page = http.get("/metrics", options.probeLimit());
            int ranks = page.ok() ? count(PrometheusText.parse(page.text())) : 1;
            return ranks > 1 && obeys(options, ServedModel.find(http, options).name(), ranks) ? ranks : 1;
        }
    }

    /** By its metrics. A server that has the ranks 2 and 3 of a larger group is one to us: it counts them by itself. */
    static int count(PrometheusText metrics) {
        Set<String> engines = new TreeSet<>();
        metrics.samples("vllm:cache_config_info")
                .forEach(sample -> engines.add(sample.labels().getOrDefault("engine", "0")));
        for (int rank = 0; rank < engines.size(); rank++) {
            if (!engines.contains(String.valueOf(rank))) {
                return 1;
            }
        }
        return Math.max(1, engines.size());
    }

    /** A version that reads the header refuses a rank that there is not; others answer as always. */
    private static boolean obeys(AttachOptions options, String model, int ranks) {
        try (EngineHttp beyond = new EngineHttp(options.withRank(ranks))) {
            byte[] body = Json.object(json -> {
                json.writeStringProperty("model", model);
                json.writeName("prompt");
                json.writeArray(new int[] {1}, 0, 1);
                json.writeNumberProperty("max_tokens", 1);
            });
            return beyond.post("/v1/completions", body, options.probeLimit()).status() == 400;
        }
    }
}
