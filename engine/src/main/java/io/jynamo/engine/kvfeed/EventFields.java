package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.msgpack.MsgpackReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of one event while it is read, whichever way they are written. */
final class EventFields {
    private static final String DYNAMO_SALT = "dynamo-cache-salt:";
    private static final String STORED = "BlockStored";
    private static final String REMOVED = "BlockRemoved";
    private static final String CLEARED = "AllBlocksCleared";
    private static final Set<String> KINDS = Set.of(STORED, REMOVED, CLEARED);

    // Positions in the array form. Whatever follows was added later and is looked for in maps only.
    private static final List<String> STORED_NAMES = List.of(
            "block_hashes",
            "parent_block_hash",
            "token_ids",
            "block_size",
            "lora_id",
            "medium",
            "lora_name",
            "extra_keys",
            "group_idx",
            "kv_cache_spec_kind",
            "kv_cache_spec_sliding_window",
            "locality");
    private static final List<String> REMOVED_NAMES = List.of(
            "block_hashes", "medium", "group_idx", "kv_cache_spec_kind", "kv_cache_spec_sliding_window", "locality");

    private static final int LONGEST_NAMED_TYPE = 64;

    /** What one block's hash depends on beside its tokens: names, media, and whether there is anything else. */
    private record Keys(int block, List<String> names, List<BlockMedium> media, boolean nameless) {}

    private String type = "";
    private long[] blocks = {};
    private @Nullable Long parent;
    private int[] tokens = {};
    private long blockTokens;
    private boolean loraId;
    private @Nullable String lora;
    private @Nullable String salt;
    private List<Keys> keys = List.of();
    private String medium = "";
    private int group = EngineKvEvent.Place.NO_GROUP;
    private String attention = "";
    private String locality = "";

    /** The names of the fields after the type in the array form of the type read. */
    List<String> names() {
        return switch (type) {
            case STORED -> STORED_NAMES;
            case REMOVED -> REMOVED_NAMES;
            default -> List.of();
        };
    }

    void read(String name, MsgpackReader in) {
        if (in.nil()) {
            return;
        }
        // An event of another kind may use these names for something else.
        if (!type.isEmpty() && !KINDS.contains(type)) {
            in.skip();
            return;
        }
        switch (name) {
            case "type" -> type = in.text();
            case "block_hashes" -> blocks = hashes(in);
            case "parent_block_hash" -> parent = hash(in);
            case "token_ids" -> tokens = tokens(in);
            case "block_size" -> blockTokens = in.integer();
            case "lora_name" -> lora = in.text();
            case "cache_salt" -> salt = in.text();
            case "extra_keys" -> keys = keys(in);
            case "medium" -> medium = in.text();
            case "group_idx" -> group = (int) in.integer();
            case "kv_cache_spec_kind" -> attention = in.text();
            case "locality" -> locality = in.text();
            case "lora_id" -> {
                loraId = true;
                in.skip();
            }
            default -> in.skip();
        }
    }

    EngineKvEvent event(MsgpackReader in) {
        var place = new EngineKvEvent.Place(medium, group, attention, locality.isEmpty() || locality.equals("LOCAL"));
        return switch (type) {
            case STORED -> stored(place, in);
            case REMOVED -> new EngineKvEvent.Removed(new SequenceHashes(blocks), place);
            case CLEARED -> new EngineKvEvent.Cleared();
            case "" -> throw in.malformed("an event without a type");
            default -> new EngineKvEvent.Unknown(type.substring(0, Math.min(type.length(), LONGEST_NAMED_TYPE)));
        };
    }

    private EngineKvEvent stored(EngineKvEvent.Place place, MsgpackReader in) {
        if (blockTokens < 1 || blockTokens > Integer.MAX_VALUE) {
            throw in.malformed("blocks of " + blockTokens + " tokens");
        }
        if (tokens.length > blocks.length * blockTokens) {
            throw in.malformed(tokens.length + " tokens in " + blocks.length + " blocks of " + blockTokens);
        }
        // An adapter that has a number and no name cannot be told from others of other engines.
        long plain = loraId && lora == null ? 0 : tokens.length / blockTokens;
        for (Keys each : keys) {
            List<String> left = new ArrayList<>(each.names);
            if (lora != null) {
                left.remove(lora);
            }
            // The salt is the last name of a prompt's first block, and of no other.
            if (each.block == 0 && parent == null && !left.isEmpty()) {
                salt = salt == null ? left.getLast() : salt;
                left.removeLast();
            }
            boolean known = !each.nameless && left.isEmpty();
            if (!known || !BlockMedium.mark(tokens, each.block * blockTokens, (int) blockTokens, each.media)) {
                plain = Math.min(plain, each.block);
            }
        }
        return new EngineKvEvent.Stored(
                new SequenceHashes(blocks),
                parent,
                TokenIds.of(tokens),
                (int) blockTokens,
                new CacheScope(lora, plainSalt()),
                (int) plain,
                place);
    }

    /** Dynamo's frontends mark the salts that they give to engines. */
    private @Nullable String plainSalt() {
        return salt != null && salt.startsWith(DYNAMO_SALT) ? salt.substring(DYNAMO_SALT.length()) : salt;
    }

    private static long[] hashes(MsgpackReader in) {
        long[] hashes = new long[in.array()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = hash(in);
        }
        return hashes;
    }

    private static long hash(MsgpackReader in) {
        if (!in.isBinary()) {
            return in.integer();
        }
        byte[] bytes = in.binary();
        if (bytes.length < Long.BYTES) {
            throw in.malformed("a block hash of " + bytes.length + " bytes");
        }
        long hash = 0;
        for (int i = bytes.length - Long.BYTES; i < bytes.length; i++) {
            hash = hash << 8 | (bytes[i] & 0xff);
        }
        return hash;
    }

    private static int[] tokens(MsgpackReader in) {
        int[] tokens = new int[in.array()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = in.isArray() ? firstOfPair(in) : token(in);
        }
        return tokens;
    }

    /** With speculative decoding by EAGLE each position is the pair of its token and the next. */
    private static int firstOfPair(MsgpackReader in) {
        if (in.array() != 2) {
            throw in.malformed("a token that is neither an id nor a pair");
        }
        int token = token(in);
        in.skip();
        return token;
    }

    private static int token(MsgpackReader in) {
        long id = in.integer();
        if (id < Integer.MIN_VALUE || id > 0xffff_ffffL) {
            throw in.malformed("token id " + id);
        }
        return (int) id;
    }

    private static List<Keys> keys(MsgpackReader in) {
        int blocks = in.array();
        List<Keys> keys = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            if (!in.nil()) {
                keys.add(keys(block, in));
            }
        }
        return keys;
    }

    private static Keys keys(int block, MsgpackReader in) {
        int count = in.array();
        List<String> names = new ArrayList<>(Math.min(count, 4));
        List<BlockMedium> media = new ArrayList<>(0);
        boolean nameless = false;
        for (int i = 0; i < count; i++) {
            if (in.isText()) {
                names.add(in.text());
            } else if (in.isArray()) {
                BlockMedium medium = BlockMedium.read(in);
                nameless |= medium == null;
                if (medium != null) {
                    media.add(medium);
                }
            } else {
                in.skip();
                nameless = true;
            }
        }
        return new Keys(block, names, media, nameless);
    }
}
