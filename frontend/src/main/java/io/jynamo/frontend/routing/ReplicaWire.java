package io.jynamo.frontend.routing;

import io.jynamo.frontend.routing.ReplicaEvent.Binding;
import io.jynamo.frontend.routing.ReplicaEvent.Bound;
import io.jynamo.frontend.routing.ReplicaEvent.Freed;
import io.jynamo.frontend.routing.ReplicaEvent.Given;
import io.jynamo.frontend.routing.ReplicaEvent.OfRequest;
import io.jynamo.frontend.routing.ReplicaEvent.Prefilled;
import io.jynamo.protocol.msgpack.MsgpackReader;
import io.jynamo.protocol.msgpack.MsgpackWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Events as Dynamo's services tell them each other (1.6.1): MessagePack maps by the names of their members, under one topic for
 * load and one for sessions.
 */
final class ReplicaWire {
    static final String LOAD = "dynamo.slot-tracker.v1";
    static final String SESSIONS = "dynamo.session-affinity.v1";

    private static final String GIVEN = "AddRequest";
    private static final String PREFILLED = "MarkPrefillCompleted";
    private static final String FREED = "Free";
    private static final int LONGEST_TEXT = 1_024;
    private static final int MOST_DEPTH = 16;

    private ReplicaWire() {}

    /**
     * An event with who told it.
     *
     * @param teller id of the process
     */
    record Told(ReplicaEvent event, long teller) {}

    static String topic(ReplicaEvent event) {
        return event instanceof Bound ? SESSIONS : LOAD;
    }

    // ---------------------------------------------------------------------------------------------- out

    /** @param teller id of this process; of a session's event the writer stands in its binding */
    static byte[] bytes(ReplicaEvent event, long teller) {
        var out = new MsgpackWriter();
        switch (event) {
            case Bound bound -> write(out, bound);
            case OfRequest ofRequest -> write(out, ofRequest, teller);
        }
        return out.toByteArray();
    }

    private static void write(MsgpackWriter out, Bound bound) {
        Binding binding = bound.binding();
        out.map(7);
        partition(out, bound.key());
        out.text("session_id").text(bound.session());
        out.text("worker_id").unsigned(binding.worker());
        out.text("dp_rank");
        Integer rank = binding.rank();
        if (rank == null) {
            out.nil();
        } else {
            out.unsigned(Integer.toUnsignedLong(rank));
        }
        out.text("sequence").unsigned(binding.sequence());
        out.text("writer_id").unsigned(binding.writer());
    }

    private static void partition(MsgpackWriter out, PartitionKey key) {
        out.text("model_name").text(key.model());
        out.text("routing_group").text(key.group());
    }

    private static void write(MsgpackWriter out, OfRequest event, long teller) {
        out.map(4);
        partition(out, event.key());
        out.text("block_size").unsigned(event.blockTokens());
        out.text("event").map(5);
        out.text("request_id").text(event.request());
        out.text("worker").map(2);
        out.text("worker_id").unsigned(event.rank().worker());
        out.text("dp_rank").unsigned(Integer.toUnsignedLong(event.rank().rank()));
        out.text("data");
        switch (event) {
            case Given given -> write(out, given);
            case Prefilled prefilled -> out.text(PREFILLED);
            case Freed freed -> out.text(FREED);
        }
        out.text("router_id").unsigned(teller);
        out.text("lora_name").nil();
    }

    private static void write(MsgpackWriter out, Given given) {
        out.map(1).text(GIVEN).map(4);
        out.text("token_sequence").array(given.sequences().length);
        for (long hash : given.sequences()) {
            out.unsigned(hash);
        }
        out.text("track_prefill_tokens").flag(given.prefillTokens() > 0);
        out.text("expected_output_tokens");
        if (given.outputTokens() > 0) {
            out.unsigned(given.outputTokens());
        } else {
            out.nil();
        }
        out.text("prefill_load_hint").map(2);
        out.text("initial_effective_prefill_tokens").unsigned(given.prefillTokens());
        out.text("expected_prefill_duration").nil();
    }

    // ---------------------------------------------------------------------------------------------- in

    /**
     * Reads an event.
     *
     * @return null for bytes that are none
     */
    static @Nullable Told read(String topic, byte[] payload) {
        try {
            if (!(value(new MsgpackReader(payload), MOST_DEPTH) instanceof Members members)) {
                return null;
            }
            return topic.equals(SESSIONS) ? bound(members) : ofRequest(members);
        } catch (RuntimeException malformed) { // in bytes, or a member is missing, or of another kind
            return null;
        }
    }

    private static Told bound(Members members) {
        Object rank = members.find("dp_rank");
        var binding = new Binding(
                members.number("worker_id"),
                rank == null ? null : (int) (long) (Long) rank,
                members.number("sequence"),
                members.number("writer_id"));
        return new Told(new Bound(key(members), members.text("session_id"), binding), binding.writer());
    }

    private static PartitionKey key(Members members) {
        Object group = members.find("routing_group");
        return new PartitionKey(members.text("model_name"), group == null ? PartitionKey.DEFAULT : (String) group);
    }

    private static Told ofRequest(Members members) {
        PartitionKey key = key(members);
        int blockTokens = Math.toIntExact(members.number("block_size"));
        Members event = members.members("event");
        Members worker = event.members("worker");
        Rank rank = new Rank(worker.number("worker_id"), (int) worker.number("dp_rank"));
        String request = event.text("request_id");
        ReplicaEvent read;
        if (event.require("data") instanceof Members given) {
            read = given(key, blockTokens, request, rank, given.members(GIVEN));
        } else {
            read = switch (event.text("data")) {
                case PREFILLED -> new Prefilled(key, blockTokens, request, rank);
                case FREED -> new Freed(key, blockTokens, request, rank);
                default -> throw new IllegalArgumentException("no event is " + event.text("data"));
            };
        }
        return new Told(read, event.number("router_id"));
    }

    private static Given given(PartitionKey key, int blockTokens, String request, Rank rank, Members told) {
        Object sequences = told.find("token_sequence");
        long[] hashes = sequences == null ? new long[0] : (long[]) sequences;
        int prefill = 0;
        int output = tokens(told.find("expected_output_tokens"));
        if (!Boolean.FALSE.equals(told.find("track_prefill_tokens"))) {
            Members hint = (Members) told.find("prefill_load_hint");
            prefill = hint == null
                    ? Math.multiplyExact(hashes.length, blockTokens)
                    : tokens(hint.number("initial_effective_prefill_tokens"));
        }
        return new Given(key, blockTokens, request, rank, hashes, prefill, output);
    }

    /** A number of tokens, 0 where none is told. */
    private static int tokens(@Nullable Object told) {
        int tokens = told == null ? 0 : Math.toIntExact((Long) told);
        if (tokens < 0) {
            throw new IllegalArgumentException(tokens + " tokens");
        }
        return tokens;
    }

    /** A map by names of members. */
    private record Members(Map<String, Object> values) {
        @Nullable
        Object find(String name) {
            return values.get(name);
        }

        Object require(String name) {
            return Objects.requireNonNull(values.get(name), name);
        }

        String text(String name) {
            return (String) require(name);
        }

        long number(String name) {
            return (Long) require(name);
        }

        Members members(String name) {
            return (Members) require(name);
        }
    }

    /** The next value: null, a Boolean, a Long (of unsigned ones the bits), a String, numbers as {@code long[]}, or Members. */
    private static @Nullable Object value(MsgpackReader in, int depth) {
        if (in.isFlag()) {
            return in.flag();
        }
        if (in.isInteger()) {
            return in.integer();
        }
        if (in.isText()) {
            return text(in);
        }
        if (in.isArray()) {
            return numbers(in);
        }
        if (in.isMap()) {
            return members(in, depth);
        }
        in.skip();
        return null;
    }

    private static String text(MsgpackReader in) {
        String text = in.text();
        if (text.length() > LONGEST_TEXT) {
            throw in.malformed("a text of " + text.length() + " chars");
        }
        return text;
    }

    private static long[] numbers(MsgpackReader in) {
        long[] numbers = new long[in.array()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.integer();
        }
        return numbers;
    }

    private static Members members(MsgpackReader in, int depth) {
        if (depth == 0) {
            throw in.malformed("maps nested too deep");
        }
        Map<String, Object> members = new LinkedHashMap<>();
        for (int count = in.map(); count > 0; count--) {
            String name = text(in);
            Object value = value(in, depth - 1);
            if (value != null) {
                members.put(name, value);
            }
        }
        return new Members(members);
    }
}
