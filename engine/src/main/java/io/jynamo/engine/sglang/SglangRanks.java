package io.jynamo.engine.sglang;

import static io.jynamo.engine.sglang.SglangDialect.RANK;
import static io.jynamo.engine.sglang.SglangDialect.RANK_BEFORE;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.Json;
import io.jynamo.protocol.JynamoException;
import tools.jackson.databind.JsonNode;

/**
 * The data-parallel ranks behind one SGLang server, each an engine with its own cache and queue: how many there are, and
 * whether a request can be sent to one of them.
 */
public final class SglangRanks {
    private static final int MOST = 1024;

    private SglangRanks() {}

    /**
     * How many ranks can be asked for by number, as far as the server tells; 1 where it chooses itself, and where the
     * ranks stand on several nodes, as each node publishes the KV events of its own.
     *
     * @throws JynamoException WORKER_LOST where it does not answer
     */
    public static int count(AttachOptions options) {
        try (EngineHttp http = new EngineHttp(options)) {
            JsonNode server = SglangEngine.serverInfo(http, options);
            if (Json.findInt(server, "nnodes").orElse(1) > 1) {
                return 1;
            }
            int replicas = Json.findInt(server, "dp_size").orElse(1);
            int groups = Json.findInt(server, "attn_dp_size").orElse(1);
            // Of ranks that share attention's weights, versions say the number in one of the two, or in both.
            for (int ranks : new int[] {replicas * groups, Math.max(replicas, groups)}) {
                if (ranks > 1 && ranks <= MOST && obeys(http, options, ranks)) {
                    return ranks;
                }
            }
            return 1;
        }
    }

    /** A version that reads the rank refuses one that there is not; others answer as always. */
    private static boolean obeys(EngineHttp http, AttachOptions options, int ranks) {
        return status(http, options, ranks) == 400 && status(http, options, ranks - 1) == 200;
    }

    private static int status(EngineHttp http, AttachOptions options, int rank) {
        byte[] body = Json.object(json -> {
            json.writeName("input_ids");
            json.writeArray(new int[] {1}, 0, 1);
            json.writeName("sampling_params");
            json.writeStartObject();
            json.writeNumberProperty("max_new_tokens", 1);
            json.writeEndObject();
            json.writeNumberProperty(RANK, rank);
            json.writeNumberProperty(RANK_BEFORE, rank);
        });
        return http.post("/generate", body, options.probeLimit()).status();
    }
}
