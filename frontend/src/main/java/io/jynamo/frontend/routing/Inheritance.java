package io.jynamo.frontend.routing;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.routing.KvSource.Known;
import io.jynamo.protocol.KvEvent.Tier;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a peer knew of engines when this service began, by its {@code /dump}: an engine that says its past to nobody is
 * known here too once it is registered. Kept for a while only, for it grows old.
 */
final class Inheritance {
    static final Inheritance NONE = new Inheritance(Map.of());

    private static final System.Logger LOG = System.getLogger(Inheritance.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration KEPT = Duration.ofMinutes(2);
    private static final int ATTEMPTS = 3;
    private static final long MOST_BYTES = 256L << 20;

    private final Map<PartitionKey, Part> parts;
    private final long begun = System.nanoTime();

    private Inheritance(Map<PartitionKey, Part> parts) {
        this.parts = parts;
    }

    private record Part(int blockTokens, Map<Rank, List<Known>> ranks) {}

    /** What a rank had, none where nobody said; what came before its time is not told. */
    List<Known> of(PartitionKey key, Rank rank, int blockTokens) {
        Part part = System.nanoTime() - begun < KEPT.toNanos() ? parts.get(key) : null;
        return part == null || part.blockTokens() != blockTokens
                ? List.of()
                : part.ranks().getOrDefault(rank, List.of());
    }

    /** What the first peer that answers says; nothing where none does, which the log tells. */
    static Inheritance from(List<String> peers) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            for (String peer : peers) {
                Inheritance taken = from(peer);
                if (taken != null) {
                    return taken;
                }
            }
        }
        if (!peers.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "no peer said what engines hold: {0}", peers);
        }
        return NONE;
    }

    private static @Nullable Inheritance from(String peer) {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(peer.replaceAll("/+$", "") + "/dump"))
                    .timeout(PATIENCE)
                    .build();
            var response = client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
            if (response.statusCode() == 200) {
                return parse(response.body());
            }
            LOG.log(System.Logger.Level.WARNING, "{0} answers its dump with {1}", peer, response.statusCode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException failed) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be read: {1}", peer, failed.toString());
        }
        return null;
    }

    /** Reads a dump. */
    static Inheritance parse(byte[] dump) {
        return new Inheritance(JsonInput.readObject(dump, dump.length, in -> {
            Map<PartitionKey, Part> parts = new HashMap<>();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                int colon = name.lastIndexOf(':');
                PartitionKey key = colon < 0
                        ? new PartitionKey(name, PartitionKey.DEFAULT)
                        : new PartitionKey(name.substring(0, colon), name.substring(colon + 1));
                parts.put(key, part(in));
            }
            return parts;
        }));
    }

    private static Part part(JsonInput in) {
        int blockTokens = 0;
        Map<Rank, List<Known>> ranks = new HashMap<>();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "block_size" -> blockTokens = (int) bits(in.tree());
                case "events" -> {
                    while (in.nextElement()) {
                        event(in, ranks);
                    }
                }
                default -> in.skip();
            }
        }
        return new Part(blockTokens, ranks);
    }

    private static void event(JsonInput in, Map<Rank, List<Known>> ranks) {
        if (!(in.tree() instanceof Map<?, ?> outer)
                || !(outer.get("event") instanceof Map<?, ?> event)
                || !(event.get("data") instanceof Map<?, ?> data)
                || !(data.get("stored") instanceof Map<?, ?> stored)
                || !(stored.get("blocks") instanceof List<?> blocks)) {
            return;
        }
        Rank rank = new Rank(bits(outer.get("worker_id")), (int) bits(event.get("dp_rank")));
        List<Known> known = ranks.computeIfAbsent(rank, made -> new ArrayList<>());
        Tier tier = tier(String.valueOf(outer.get("storage_tier")));
        Long parent = stored.get("parent_hash") == null ? null : (Long) bits(stored.get("parent_hash"));
        for (Object each : blocks) {
            if (each instanceof Map<?, ?> block) {
                long blockName = bits(block.get("block_hash"));
                known.add(new Known(blockName, parent, bits(block.get("tokens_hash")), tier));
                parent = blockName;
            }
        }
    }

    private static long bits(@Nullable Object number) {
        return number instanceof Number value ? value.longValue() : 0;
    }

    private static Tier tier(String name) {
        return switch (name) {
            case "host_pinned" -> Tier.HOST;
            case "disk" -> Tier.DISK;
            case "external" -> Tier.REMOTE;
            default -> Tier.DEVICE;
        };
    }
}
