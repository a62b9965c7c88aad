package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.msgpack.MsgpackReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the MessagePack batches that vLLM and SGLang publish. Pure.
 *
 * <p>A batch is {@code [time, events, rank]} or a map of those; an event a map tagged {@code type} or an array that
 * begins with its type. Fields may be missing at the end of an array and anywhere in a map; those not known are passed
 * over.
 */
public final class KvEventDecoder {
    /** Larger messages are refused unread. A prompt of a million tokens is about 5 MiB. */
    public static final int MAX_BYTES = 64 << 20;

    private KvEventDecoder() {}

    public static Decoding decode(byte[] message) {
        if (message.length > MAX_BYTES) {
            return new Decoding.Malformed(
                    "a message of " + message.length + " bytes; at most " + MAX_BYTES + " are read");
        }
        try {
            MsgpackReader in = new MsgpackReader(message);
            Decoding batch = in.isMap() ? batchMap(in) : batchArray(in);
            return in.isAtEnd() ? batch : new Decoding.Malformed("bytes are left after the batch");
        } catch (MsgpackReader.Malformed e) {
            return new Decoding.Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static Decoding batchArray(MsgpackReader in) {
        int fields = in.array();
        if (fields < 2) {
            throw in.malformed("a batch of " + fields + " fields");
        }
        in.skip();
        List<EngineKvEvent> events = events(in);
        Integer rank = fields > 2 ? rank(in) : null;
        for (int i = 3; i < fields; i++) {
            in.skip();
        }
        return new Decoding.Batch(events, rank);
    }

    private static Decoding batchMap(MsgpackReader in) {
        List<EngineKvEvent> events = List.of();
        Integer rank = null;
        int fields = in.map();
        for (int i = 0; i < fields; i++) {
            switch (in.text()) {
                case "events" -> events = events(in);
                case "data_parallel_rank", "attn_dp_rank", "dp_rank" -> rank = rank(in);
                default -> in.skip();
            }
        }
        return new Decoding.Batch(events, rank);
    }

    private static @Nullable Integer rank(MsgpackReader in) {
        return in.nil() ? null : (Integer) (int) in.integer();
    }

    private static List<EngineKvEvent> events(MsgpackReader in) {
        int count = in.array();
        List<EngineKvEvent> events = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            events.add(in.isMap() ? eventMap(in) : eventArray(in));
        }
        return events;
    }

    private static EngineKvEvent eventMap(MsgpackReader in) {
        EventFields fields = new EventFields();
        int count = in.map();
        for (int i = 0; i < count; i++) {
            fields.read(in.text(), in);
        }
        return fields.event(in);
    }

    private static EngineKvEvent eventArray(MsgpackReader in) {
        EventFields fields = new EventFields();
        int count = in.array();
        if (count == 0) {
            throw in.malformed("an event of no fields");
        }
        fields.read("type", in);
        List<String> names = fields.names();
        for (int i = 1; i < count; i++) {
            // SGLang adds what has no place of its own as a map.
            if (in.isMap()) {
                int more = in.map();
                for (int j = 0; j < more; j++) {
                    fields.read(in.text(), in);
                }
            } else if (i <= names.size()) {
                fields.read(names.get(i - 1), in);
            } else {
                in.skip();
            }
        }
        return fields.event(in);
    }
}
