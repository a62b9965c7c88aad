package io.jynamo.engine.schedule;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.TokenIds;
import java.util.Arrays;

/** What sequences do with blocks: start from cached ones, register full ones, share them at a fork, give them back. */
final class BlockTables {
    private final BlockPool pool;
    private final int blockTokens;
    private final boolean prefixReuse;
    private final BlockHasher shared;

    BlockTables(BlockPool pool, boolean prefixReuse) {
        this.pool = pool;
        this.blockTokens = pool.blockTokens();
        this.prefixReuse = prefixReuse;
        this.shared = new BlockHasher(blockTokens, CacheScope.SHARED);
    }

    /** Blocks that hold {@code tokens} tokens. */
    int blocksFor(int tokens) {
        return (tokens + blockTokens - 1) / blockTokens;
    }

    /** Blocks that every token of the sequence but the next one needs and that it does not have yet. */
    int missing(Sequence sequence) {
        return Math.max(0, blocksFor(sequence.count) - sequence.blocks.length);
    }

    /** Hashes the sequence's full blocks as far as they are known. */
    void hash(Sequence sequence) {
        int full = sequence.count / blockTokens;
        if (sequence.hashed >= full) {
            return;
        }
        BlockHasher hasher = hasher(sequence.request.spec);
        if (sequence.hashed == 0) {
            BlockHashes hashes = hasher.hash(TokenIds.of(
                    sequence.count == sequence.tokens.length
                            ? sequence.tokens
                            : Arrays.copyOf(sequence.tokens, sequence.count)));
            sequence.locals = hashes.local();
            sequence.chain = hashes.sequence();
        } else {
            if (sequence.chain.length < full) {
                int room = Math.max(full, sequence.hashed + sequence.hashed / 2 + 4);
                sequence.locals = Arrays.copyOf(sequence.locals, room);
                sequence.chain = Arrays.copyOf(sequence.chain, room);
            }
            for (int i = sequence.hashed; i < full; i++) {
                int from = i * blockTokens;
                TokenIds block = TokenIds.of(Arrays.copyOfRange(sequence.tokens, from, from + blockTokens));
                sequence.locals[i] = hasher.localHash(block, 0);
                sequence.chain[i] = BlockHasher.chain(sequence.chain[i - 1], sequence.locals[i]);
            }
        }
        sequence.hashed = full;
    }

    /** Leading blocks of the sequence that are in the pool, found but not taken, into {@code found}. */
    int matches(Sequence sequence, int[] found) {
        int limit = reusable(sequence);
        int parent = BlockPool.NONE;
        int count = 0;
        while (count < limit) {
            int block = match(sequence, count, parent);
            if (block == BlockPool.NONE) {
                break;
            }
            found[count++] = block;
            parent = block;
        }
        return count;
    }

    /** How many blocks {@link #matches} may find at most. */
    int reusable(Sequence sequence) {
        if (!prefixReuse) {
            return 0;
        }
        hash(sequence);
        Request request = sequence.request;
        int usable = sequence.count - 1; // the last token is always computed: its logits are wanted
        if (request.wantsPromptLogprobs() && !request.promptDone) {
            usable = Math.min(usable, request.promptLogprobs.size());
        }
        return usable / blockTokens;
    }

    /** Starts the sequence from blocks just found. */
    void adopt(Sequence sequence, int[] found, int count) {
        for (int i = 0; i < count; i++) {
            pool.acquire(found[i]);
        }
        sequence.addBlocks(found, count);
        sequence.registered = sequence.blocks.length;
        sequence.computed = sequence.blocks.length * blockTokens;
        countHits(sequence, count);
    }

    /** Goes on from blocks that others computed since, if the sequence stands between two blocks. */
    void catchUp(Sequence sequence) {
        int at = sequence.blocks.length;
        if (sequence.computed != at * blockTokens || sequence.registered != at || at >= reusable(sequence)) {
            return;
        }
        int[] found = new int[1];
        for (int limit = reusable(sequence); at < limit; at++) {
            found[0] = match(sequence, at, at == 0 ? BlockPool.NONE : sequence.blocks[at - 1]);
            if (found[0] == BlockPool.NONE) {
                return;
            }
            adopt(sequence, found, 1);
        }
    }

    /** Says that the sequence's next {@code count} tokens are in its blocks, and registers those now full. */
    void commit(Sequence sequence, int count) {
        int from = sequence.computed;
        sequence.computed += count;
        for (int i = from / blockTokens; i * blockTokens < sequence.computed; i++) {
            pool.fill(sequence.blocks[i], Math.min(blockTokens, sequence.computed - i * blockTokens));
        }
        int full = sequence.computed / blockTokens;
        if (full > sequence.registered && sequence.registrable && prefixReuse) {
            hash(sequence);
            while (sequence.registered < full && sequence.registrable) {
                register(sequence, sequence.registered);
            }
        }
    }

    /** Gives a choice the prompt and the blocks of the one that computed them. */
    void fork(Sequence from, Sequence to) {
        for (int block : from.blocks) {
            pool.acquire(block);
        }
        to.tokens = Arrays.copyOf(from.tokens, from.tokens.length);
        to.count = from.count;
        to.blocks = from.blocks;
        to.computed = from.computed;
        to.registered = from.registered;
        to.registrable = from.registrable;
        to.locals = Arrays.copyOf(from.locals, from.hashed);
        to.chain = Arrays.copyOf(from.chain, from.hashed);
        to.hashed = from.hashed;
    }

    /** Gives every block back, last first, so that leaves are evicted before what they hang on. */
    void release(Sequence sequence) {
        for (int i = sequence.blocks.length - 1; i >= 0; i--) {
            pool.release(sequence.blocks[i]);
        }
        sequence.forgetBlocks();
    }

    private void register(Sequence sequence, int i) {
        int parent = i == 0 ? BlockPool.NONE : sequence.blocks[i - 1];
        int own = sequence.blocks[i];
        int block = pool.register(
                own,
                parent,
                sequence.chain[i],
                sequence.locals[i],
                sequence.tokens,
                i * blockTokens,
                sequence.request.scope());
        if (block == BlockPool.NONE) {
            sequence.registrable = false;
            return;
        }
        if (block != own) {
            sequence.replaceBlock(i, block);
        }
        sequence.registered = i + 1;
    }

    private int match(Sequence sequence, int i, int parent) {
        return pool.match(parent, sequence.chain[i], sequence.tokens, i * blockTokens, sequence.request.scope());
    }

    private void countHits(Sequence sequence, int blocks) {
        Request request = sequence.request;
        if (!request.promptDone && !request.recomputes) {
            request.cached += blocks * blockTokens;
        }
    }

    private BlockHasher hasher(GenerationRequest spec) {
        return spec.scope().equals(CacheScope.SHARED) ? shared : new BlockHasher(blockTokens, spec.scope());
    }
}
