package io.jynamo.frontend.routing;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import java.util.Arrays;

/**
 * A prompt as clients of the selection service tell it: by its tokens, or by hashes that they computed.
 *
 * <p>Blocks with images are not hashed, nor is what follows them: their contents are in no KV event that is heard here.
 *
 * @param hashes of full blocks from the first on
 * @param tokens of the whole prompt
 */
record PromptInput(BlockHashes hashes, int tokens) {
    /** So many tokens' worth of blocks nobody has. */
    private static final long MOST_TOKENS = 1L << 30;

    private static final long[] NONE = {};

    /** A prompt that is to be found in caches: without tokens it needs local and sequence hashes. */
    static PromptInput forSelection(Fields fields, int blockTokens) {
        refuseEagle(fields);
        PromptInput told = tokens(fields, blockTokens);
        if (told != null) {
            return told;
        }
        require(fields, "block_hashes");
        require(fields, "sequence_hashes");
        require(fields, "isl_tokens");
        long[] locals = fields.longs("block_hashes");
        long[] sequences = fields.longs("sequence_hashes");
        if (locals.length != sequences.length) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "block_hashes length " + locals.length + " must match sequence_hashes length " + sequences.length);
        }
        return hashed(fields, new BlockHashes(locals, sequences), blockTokens);
    }

    /** A prompt that is only counted: without tokens its sequence hashes do. */
    static PromptInput forReservation(Fields fields, int blockTokens) {
        refuseEagle(fields);
        PromptInput told = tokens(fields, blockTokens);
        if (told != null) {
            return told;
        }
        require(fields, "sequence_hashes");
        require(fields, "isl_tokens");
        long[] sequences = fields.longs("sequence_hashes");
        boolean both = fields.has("block_hashes") && fields.longs("block_hashes").length == sequences.length;
        return hashed(fields, new BlockHashes(both ? fields.longs("block_hashes") : sequences, sequences), blockTokens);
    }

    /** A prompt that another replica counted. */
    static PromptInput counted(long[] sequences, int blockTokens) {
        requireFew(sequences.length, blockTokens);
        return new PromptInput(new BlockHashes(sequences, sequences), sequences.length * blockTokens);
    }

    /** Sequence hashes alone, as the slot tracker is told. */
    static long[] sequences(Fields fields, int blockTokens) {
        long[] sequences = fields.longs("sequence_hashes");
        requireFew(sequences.length, blockTokens);
        return sequences;
    }

    private static PromptInput hashed(Fields fields, BlockHashes hashes, int blockTokens) {
        int tokens = fields.tokens("isl_tokens", 0);
        if (tokens == 0) {
            throw fields.invalid("isl_tokens", "must be greater than 0");
        }
        requireFew(hashes.count(), blockTokens);
        if (tokens > MOST_TOKENS) {
            throw fields.invalid("isl_tokens", "must be at most " + MOST_TOKENS);
        }
        return new PromptInput(hashes, tokens);
    }

    private static void requireFew(int blocks, int blockTokens) {
        if ((long) blocks * blockTokens > MOST_TOKENS) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    blocks + " blocks of " + blockTokens + " tokens are more than a prompt may have");
        }
    }

    private static @org.jspecify.annotations.Nullable PromptInput tokens(Fields fields, int blockTokens) {
        Fields images = fields.findObject("mm_routing_info");
        boolean expanded = images != null && images.tokenIds("routing_token_ids").length > 0;
        Fields from = expanded && images != null ? images : fields;
        String name = expanded ? "routing_token_ids" : "token_ids";
        if (!from.has(name)) {
            return null;
        }
        TokenIds ids = TokenIds.of(from.tokenIds(name));
        CacheScope scope = new CacheScope(fields.findText("lora_name"), fields.findText("cache_salt"));
        BlockHashes all = new BlockHasher(blockTokens, scope).hash(ids);
        int plain = from.leadingNulls("block_mm_infos");
        return new PromptInput(plain >= all.count() ? all : first(all, plain), ids.count());
    }

    private static BlockHashes first(BlockHashes all, int count) {
        return count == 0
                ? new BlockHashes(NONE, NONE)
                : new BlockHashes(Arrays.copyOf(all.local(), count), Arrays.copyOf(all.sequence(), count));
    }

    private static void require(Fields fields, String name) {
        if (!fields.has(name)) {
            throw new JynamoException(ErrorCode.INVALID_REQUEST, name + " is required without token_ids");
        }
    }

    private static void refuseEagle(Fields fields) {
        if (Boolean.TRUE.equals(fields.findFlag("is_eagle"))) {
            throw new JynamoException(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "is_eagle is not supported: engines' blocks are hashed by their own tokens alone");
        }
    }
}
