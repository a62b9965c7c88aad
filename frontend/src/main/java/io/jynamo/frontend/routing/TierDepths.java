package io.jynamo.frontend.routing;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.router.Explanation.TierHits;
import io.jynamo.router.index.PrefixHits;
import java.util.NavigableMap;

/**
 * How many leading blocks of a prompt a rank holds: on the device, on the device or the host, and anywhere.
 *
 * @param disk counts what is further away too
 */
record TierDepths(int device, int host, int disk) {
    /** What a device block counts for where another tier's is weighed against it, as in Dynamo's defaults. */
    private static final double HOST_WEIGHT = 0.75;

    private static final double DISK_WEIGHT = 0.25;

    static TierDepths of(PrefixHits hits, int owner) {
        return new TierDepths(
                hits.depthOf(Tier.DEVICE, owner), hits.depthOf(Tier.HOST, owner), hits.depthOf(Tier.REMOTE, owner));
    }

    static TierDepths of(TierHits hits) {
        int host = hits.device() + hits.host();
        return new TierDepths(hits.device(), host, host + hits.disk() + hits.remote());
    }

    static final TierDepths NONE = new TierDepths(0, 0, 0);

    boolean isEmpty() {
        return disk == 0;
    }

    /** Tokens of a prompt that need computing, blocks further away counted in part. */
    int prefillTokens(int promptTokens, int blockTokens) {
        double blocks = device + HOST_WEIGHT * (host - device) + DISK_WEIGHT * (disk - host);
        return Math.max(0, promptTokens - (int) Math.round(blocks * blockTokens));
    }

    /** Writes what a worker holds of a prompt by its best rank, in tokens, and what each rank has on its device. */
    static void write(JsonWriter out, NavigableMap<Rank, TierDepths> ranks, int blockTokens) {
        int device = 0;
        int host = 0;
        int disk = 0;
        for (TierDepths each : ranks.values()) {
            device = Math.max(device, each.device);
            host = Math.max(host, each.host);
            disk = Math.max(disk, each.disk);
        }
        out.beginObject().name("longest_matched").value((long) disk * blockTokens);
        out.name("gpu").value((long) device * blockTokens);
        out.name("dp").beginObject();
        ranks.forEach((rank, each) -> out.name(rank.rankText()).value((long) each.device * blockTokens));
        out.endObject();
        out.name("cpu").value((long) host * blockTokens);
        out.name("disk").value((long) disk * blockTokens);
        out.endObject();
    }
}
