package io.jynamo.frontend.routing;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;

/** What ranks hold, written as Dynamo's {@code /dump}: events that bring an empty index to the same state. */
final class DumpJson {
    private final JsonWriter out = new JsonWriter(4_096);

    DumpJson() {
        out.beginObject();
    }

    void begin(PartitionKey key, int blockTokens) {
        out.name(key.model() + ":" + key.group()).beginObject();
        out.name("block_size").value((long) blockTokens);
        out.name("events").beginArray();
    }

    void end() {
        out.endArray().endObject();
    }

    JsonWriter finish() {
        return out.endObject();
    }

    /** The blocks of one rank, by the engine's own names. */
    void rank(Rank rank, KvSource.Held held) {
        long id = 0;
        for (KvEvent.Stored stored : held.blocks()) {
            out.beginObject().name("worker_id");
            unsigned(rank.worker());
            out.name("storage_tier").value(tier(stored.tier()));
            out.name("residency_domain").value("worker");
            out.name("event").beginObject().name("event_id").value(id++);
            out.name("data").beginObject().name("stored").beginObject();
            out.name("parent_hash");
            SequenceHash parent = stored.parent();
            if (parent == null) {
                out.nullValue();
            } else {
                unsigned(name(held, parent.value()));
            }
            out.name("start_position").nullValue();
            blocks(stored.blocks(), held);
            out.endObject().endObject();
            out.name("dp_rank").value(Integer.toUnsignedLong(rank.rank()));
            out.endObject().endObject();
        }
    }

    private static long name(KvSource.Held held, long sequence) {
        return held.names().getOrDefault(sequence, sequence);
    }

    private void blocks(BlockHashes blocks, KvSource.Held held) {
        out.name("blocks").beginArray();
        for (int i = 0; i < blocks.count(); i++) {
            out.beginObject().name("block_hash");
            unsigned(name(held, blocks.sequence()[i]));
            out.name("tokens_hash");
            unsigned(blocks.local()[i]);
            out.name("mm_extra_info").nullValue().endObject();
        }
        out.endArray();
    }

    private void unsigned(long value) {
        Unsigned.write(out, value);
    }

    private static String tier(Tier tier) {
        return switch (tier) {
            case DEVICE -> "device";
            case HOST -> "host_pinned";
            case DISK -> "disk";
            case REMOTE -> "external";
        };
    }
}
