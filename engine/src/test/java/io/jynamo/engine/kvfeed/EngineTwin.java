package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * An engine's cache as naively as can be: a set of prompts, each standing for its last block of two tokens. Every change
 * is published as an engine would, in a numbered message; names of blocks are random.
 */
final class EngineTwin {
    static final int BLOCK_TOKENS = 2;

    private static final BlockHasher HASHER = new BlockHasher(BLOCK_TOKENS, CacheScope.SHARED);

    final List<KvFeedCore.Message> published = new ArrayList<>();
    /** What was held after each message, by the router's hashes. */
    final List<Set<Long>> heldAfter = new ArrayList<>();

    private final Random random;
    private final Map<String, Long> names = new HashMap<>();
    private final TreeSet<String> held = new TreeSet<>();

    EngineTwin(Random random) {
        this.random = random;
    }

    /** One engine step: some evictions, then some stores; now and then everything is cleared first. */
    KvFeedCore.Message step() {
        List<Object> events = new ArrayList<>();
        if (random.nextInt(40) == 0) {
            held.clear();
            events.add(Map.of("type", "AllBlocksCleared"));
        }
        for (int i = random.nextInt(4); i > 0 && !held.isEmpty(); i--) {
            String victim = leaf();
            held.remove(victim);
            events.add(Map.of("type", "BlockRemoved", "block_hashes", new long[] {name(victim)}, "medium", "GPU"));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            events.add(store());
        }
        return publish(EventWriter.write(List.of(random.nextDouble(), events, 0)));
    }

    KvFeedCore.Message publish(byte[] payload) {
        KvFeedCore.Message message = new KvFeedCore.Message(published.size(), "", payload);
        published.add(message);
        heldAfter.add(held.stream().map(EngineTwin::hash).collect(Collectors.toSet()));
        return message;
    }

    /** Stores a prompt of one to four blocks; a part of it may be there already and be told again or not. */
    private Map<String, Object> store() {
        String prompt = "";
        int blocks = 1 + random.nextInt(4);
        for (int i = 0; i < blocks; i++) {
            prompt += "" + (char) ('a' + random.nextInt(3)) + (char) ('a' + random.nextInt(2));
        }
        int from = 0;
        while (random.nextInt(4) > 0 && from < blocks - 1 && held.contains(prompt.substring(0, 2 * (from + 1)))) {
            from++;
        }
        long[] blockNames = new long[blocks - from];
        for (int i = from; i < blocks; i++) {
            String block = prompt.substring(0, 2 * (i + 1));
            held.add(block);
            blockNames[i - from] = name(block);
        }
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "BlockStored");
        event.put("block_hashes", blockNames);
        if (from > 0) {
            event.put("parent_block_hash", name(prompt.substring(0, 2 * from)));
        }
        event.put("token_ids", prompt.substring(2 * from).chars().toArray());
        event.put("block_size", BLOCK_TOKENS);
        event.put("medium", "GPU");
        return event;
    }

    private String leaf() {
        List<String> leaves = held.stream()
                .filter(block -> held.stream()
                        .noneMatch(other -> other.length() == block.length() + 2 && other.startsWith(block)))
                .toList();
        return leaves.get(random.nextInt(leaves.size()));
    }

    private long name(String block) {
        return names.computeIfAbsent(block, key -> random.nextLong());
    }

    private static long hash(String prompt) {
        long[] sequence = HASHER.hash(TokenIds.of(prompt.chars().toArray())).sequence();
        return sequence[sequence.length - 1];
    }
}
