package io.jynamo.frontend.fleet;

import io.jynamo.frontend.fleet.FleetSnapshot.WorkerSight;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Snapshots and events of the fleet as JSON. */
final class FleetJson {
    /** There is no split of prefill and decode yet. */
    private static final String ROLE = "agg";

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double HUNDREDTHS = 100;

    private FleetJson() {}

    /** Everything, events and history included. */
    static byte[] whole(FleetSnapshot snapshot) {
        JsonWriter out = new JsonWriter(16_384);
        out.beginObject();
        present(out, snapshot);
        out.name("history").beginArray();
        snapshot.history().forEach(pace -> pace(out, pace));
        out.endArray();
        out.name("events").beginArray();
        snapshot.events().forEach(event -> event(out, event));
        return out.endArray().endObject().toArray();
    }

    /** Without what those who were told before know already. */
    static byte[] present(FleetSnapshot snapshot) {
        JsonWriter out = new JsonWriter(8_192);
        out.beginObject();
        present(out, snapshot);
        return out.endObject().toArray();
    }

    static byte[] event(FleetEvent event) {
        JsonWriter out = new JsonWriter(256);
        event(out, event);
        return out.toArray();
    }

    private static void present(JsonWriter out, FleetSnapshot snapshot) {
        out.name("time").value(snapshot.timeMillis());
        out.name("workers_total").value((long) snapshot.totalWorkers());
        out.name("workers").beginArray();
        snapshot.workers().forEach(worker -> worker(out, worker));
        out.endArray();
        Map<WorkerId, Integer> numbers = snapshot.numbers();
        out.name("streams_total").value((long) snapshot.totalStreams());
        out.name("streams").beginArray();
        snapshot.streams().forEach(stream -> stream(out, stream, numbers, snapshot.nowNanos()));
        out.endArray();
        Pace pace = snapshot.pace();
        out.name("pace");
        if (pace == null) {
            out.nullValue();
        } else {
            pace(out, pace);
        }
    }

    private static void worker(JsonWriter out, WorkerSight worker) {
        FleetMember member = worker.standing().member();
        WorkerLoad load = member.load();
        out.beginObject().name("id").value(member.id().toString());
        out.name("number").value((long) worker.standing().number());
        out.name("model").value(member.model());
        out.name("role").value(ROLE);
        out.name("engine").value(member.engine());
        out.name("address").value(member.address());
        Long pid = member.pid();
        out.name("pid");
        if (pid == null) {
            out.nullValue();
        } else {
            out.value(pid.longValue());
        }
        out.name("state").value(worker.standing().state().id());
        out.name("detail").value(member.detail());
        out.name("running").value((long) load.running());
        out.name("waiting").value((long) load.waiting());
        out.name("kv_blocks_used").value((long) load.usedBlocks());
        out.name("kv_blocks_total").value((long) load.totalBlocks());
        out.name("requests").value((long) worker.requests());
        out.name("streams").value((long) worker.streams());
        out.name("cached_tokens").value(worker.cachedTokens());
        out.name("controls").beginArray();
        List<String> controls = worker.controlled() ? List.of("drain", "kill") : List.of();
        controls.forEach(out::value);
        out.endArray().endObject();
    }

    private static void stream(JsonWriter out, StreamSight stream, Map<WorkerId, Integer> numbers, long nowNanos) {
        out.beginObject().name("id").value(stream.id());
        out.name("model").value(stream.model());
        out.name("worker");
        worker(out, stream.worker(), numbers);
        out.name("tokens").value((long) stream.tokens());
        out.name("age_ms").value(Math.round((nowNanos - stream.arrivedNanos()) / NANOS_PER_MILLI));
        out.name("moves").value((long) stream.moves());
        out.name("moved_from");
        worker(out, stream.movedFrom(), numbers);
        out.endObject();
    }

    /** Its id, and its number where it is among those shown. */
    private static void worker(JsonWriter out, @Nullable WorkerId id, Map<WorkerId, Integer> numbers) {
        if (id == null) {
            out.nullValue();
            return;
        }
        out.beginObject().name("id").value(id.toString()).name("number");
        Integer number = numbers.get(id);
        if (number == null) {
            out.nullValue();
        } else {
            out.value(number.longValue());
        }
        out.endObject();
    }

    private static void pace(JsonWriter out, Pace pace) {
        out.beginObject().name("time").value(pace.timeMillis());
        out.name("tokens_per_second").value(rounded(pace.tokensPerSecond()));
        out.name("requests_per_second").value(rounded(pace.requestsPerSecond()));
        out.name("ttft_ms_p50").value(rounded(pace.firstTokenP50()));
        out.name("ttft_ms_p99").value(rounded(pace.firstTokenP99()));
        out.name("itl_ms_p50").value(rounded(pace.interTokenP50()));
        out.name("itl_ms_p99").value(rounded(pace.interTokenP99()));
        out.endObject();
    }

    private static void event(JsonWriter out, FleetEvent event) {
        out.beginObject().name("sequence").value(event.sequence());
        out.name("time").value(event.timeMillis());
        out.name("kind").value(event.kind().id());
        out.name("text").value(event.text()).endObject();
    }

    private static double rounded(double value) {
        return Double.isNaN(value) ? value : Math.round(value * HUNDREDTHS) / HUNDREDTHS;
    }
}
