package io.jynamo.frontend.routing;

import io.jynamo.frontend.json.JsonWriter;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the selection service was told of a worker; null where it was told nothing.
 *
 * @param events where each rank publishes its KV events, where that was told by rank
 * @param policy what the service keeps and shows but does not act on, save the size of a step where requests wait
 */
record WorkerDetails(
        @Nullable String endpoint,
        @Nullable String eventsEndpoint,
        SortedMap<Long, String> events,
        @Nullable String replayEndpoint,
        @Nullable Long blockSize,
        @Nullable Long firstRank,
        @Nullable Long ranks,
        List<String> taints,
        SortedMap<String, String> topology,
        Policy policy) {
    private static final int LONGEST = 1_024;
    private static final int MOST_RANKS = 1_024;
    private static final int MOST_TAINTS = 256;

    static final WorkerDetails NONE = new WorkerDetails(
            null, null, new TreeMap<>(), null, null, null, null, List.of(), new TreeMap<>(), Policy.NONE);

    /** What is kept for those who read the catalogue. */
    record Policy(
            @Nullable Long maxBatchedTokens,
            @Nullable Long totalBlocks,
            @Nullable String stableId,
            @Nullable Boolean eagle,
            @Nullable String transferDomain,
            @Nullable String transferEnforcement,
            @Nullable Double transferWeight) {
        static final Policy NONE = new Policy(null, null, null, null, null, null, null);

        Policy with(Fields fields) {
            return new Policy(
                    or(fields.findU64("max_num_batched_tokens"), maxBatchedTokens),
                    or(fields.findU64("total_kv_blocks"), totalBlocks),
                    or(text(fields, "stable_routing_id"), stableId),
                    or(fields.findFlag("is_eagle"), eagle),
                    or(text(fields, "kv_transfer_domain"), transferDomain),
                    or(enforcement(fields), transferEnforcement),
                    or(fields.findNumber("kv_transfer_preferred_weight"), transferWeight));
        }

        private static @Nullable String enforcement(Fields fields) {
            String told = fields.findText("kv_transfer_enforcement");
            if (told != null && !told.equals("required") && !told.equals("preferred")) {
                throw fields.malformed("kv_transfer_enforcement", "`required` or `preferred`");
            }
            return told;
        }
    }

    /** Prompt tokens that it computes in a step, as far as was told. */
    int stepTokens() {
        Long told = policy.maxBatchedTokens();
        return told == null ? Integer.MAX_VALUE : Math.clamp(told, 0, Integer.MAX_VALUE);
    }

    /** The same with what a body says; what it does not name stays. */
    WorkerDetails with(Fields fields) {
        @Nullable List<String> newTaints = fields.findTexts("taints");
        @Nullable Fields newTopology = fields.findObject("topology_domains");
        @Nullable Fields newEvents = fields.findObject("kv_events_endpoints");
        return new WorkerDetails(
                or(text(fields, "endpoint"), endpoint),
                or(text(fields, "kv_events_endpoint"), eventsEndpoint),
                newEvents == null ? events : byRank(fields, newEvents),
                or(text(fields, "replay_endpoint"), replayEndpoint),
                or(fields.findU32("block_size"), blockSize),
                or(fields.findU32("data_parallel_start_rank"), firstRank),
                or(fields.findU32("data_parallel_size"), ranks),
                newTaints == null ? taints : few(fields, "taints", newTaints),
                newTopology == null ? topology : texts(fields, newTopology),
                policy.with(fields));
    }

    private static <T> @Nullable T or(@Nullable T told, @Nullable T before) {
        return told == null ? before : told;
    }

    private static @Nullable String text(Fields fields, String name) {
        String told = fields.findText(name);
        return told == null ? null : fields.atMost(name, told, LONGEST);
    }

    private static List<String> few(Fields fields, String name, List<String> all) {
        if (all.size() > MOST_TAINTS) {
            throw fields.invalid(name, "must have at most " + MOST_TAINTS + " elements");
        }
        all.forEach(each -> fields.atMost(name, each, LONGEST));
        return all;
    }

    private static SortedMap<Long, String> byRank(Fields fields, Fields endpoints) {
        SortedMap<Long, String> all = new TreeMap<>();
        for (String name : endpoints.names()) {
            try {
                all.put((long) Integer.parseUnsignedInt(name) & 0xFFFF_FFFFL, endpoints.text(name));
            } catch (NumberFormatException noRank) {
                throw fields.malformed("kv_events_endpoints", "an object whose names are ranks, not `" + name + "`");
            }
        }
        if (all.size() > MOST_RANKS) {
            throw fields.invalid("kv_events_endpoints", "must have at most " + MOST_RANKS + " members");
        }
        return all;
    }

    private static SortedMap<String, String> texts(Fields fields, Fields object) {
        if (object.names().size() > MOST_TAINTS) {
            throw fields.invalid("topology_domains", "must have at most " + MOST_TAINTS + " members");
        }
        SortedMap<String, String> all = new TreeMap<>();
        object.names().forEach(name -> all.put(name, object.atMost(name, object.text(name), LONGEST)));
        return all;
    }

    long start() {
        return firstRank == null ? 0 : firstRank;
    }

    long size() {
        return ranks == null ? 1 : ranks;
    }

    /** Where a rank publishes, or null. */
    @Nullable
    String events(long rank) {
        if (!events.isEmpty()) {
            return events.get(rank);
        }
        return size() == 1 ? eventsEndpoint : null;
    }

    /** Why it cannot be chosen, as far as that is known from these words alone. */
    List<String> faults() {
        List<String> faults = new java.util.ArrayList<>();
        if (endpoint == null || endpoint.isEmpty()) {
            faults.add("endpoint is required");
        }
        if (blockSize == null || blockSize == 0 || blockSize > IndexerService.MOST_BLOCK_TOKENS) {
            faults.add("block_size must be greater than 0"
                    + (blockSize == null || blockSize == 0 ? "" : " and at most " + IndexerService.MOST_BLOCK_TOKENS));
        }
        if (size() == 0 || size() > MOST_RANKS) {
            faults.add("data_parallel_size must be greater than 0" + (size() == 0 ? "" : " and at most " + MOST_RANKS));
            return faults;
        }
        if (start() + size() > 1L << 32) {
            faults.add("dp range overflows u32: start=" + start() + " size=" + size());
            return faults;
        }
        for (long rank = start(); rank < start() + size(); rank++) {
            String at = events(rank);
            String fault = at == null || at.isEmpty() ? null : Endpoints.fault(at);
            if (at == null || at.isEmpty()) {
                faults.add("kv_events endpoint is required for dp_rank " + rank);
            } else if (fault != null) {
                faults.add("invalid kv_events endpoint for dp_rank " + rank + ": " + fault);
            }
        }
        if (replayEndpoint != null) {
            String fault = Endpoints.fault(replayEndpoint);
            if (size() != 1) {
                faults.add("replay_endpoint is supported only for data_parallel_size 1");
            } else if (fault != null) {
                faults.add(fault);
            }
        }
        return faults;
    }

    /** Writes its members into an object. */
    void write(JsonWriter out) {
        out.name("endpoint").value(endpoint);
        out.name("kv_events_endpoint").value(eventsEndpoint);
        if (!events.isEmpty()) {
            out.name("kv_events_endpoints").tree(events);
        }
        out.name("replay_endpoint").value(replayEndpoint);
        out.name("block_size").tree(blockSize);
        out.name("data_parallel_start_rank").tree(firstRank);
        out.name("data_parallel_size").tree(ranks);
        out.name("max_num_batched_tokens").tree(policy.maxBatchedTokens);
        out.name("total_kv_blocks").tree(policy.totalBlocks);
        out.name("stable_routing_id").value(policy.stableId);
        out.name("is_eagle").tree(policy.eagle);
        out.name("taints").tree(taints);
        out.name("topology_domains").tree(topology);
        out.name("kv_transfer_domain").value(policy.transferDomain);
        out.name("kv_transfer_enforcement").value(policy.transferEnforcement);
        out.name("kv_transfer_preferred_weight").tree(policy.transferWeight);
    }
}
