package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.MediumName;
import io.jynamo.protocol.msgpack.MsgpackReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image, a sound or a film of which some tokens are in a block, as vLLM tells it: its name and where its first token is, counted from the
 * block's first. That may be before the block.
 */
record BlockMedium(String name, int offset) {
    /** The pair that comes next; null, and read over, where it is none. */
    static @Nullable BlockMedium read(MsgpackReader in) {
        int members = in.array();
        String name = members == 2 && in.isText() ? in.text() : null;
        if (name != null && in.isInteger()) {
            long offset = in.integer();
            return offset == (int) offset ? new BlockMedium(name, (int) offset) : null;
        }
        for (int i = name == null ? 0 : 1; i < members; i++) {
            in.skip();
        }
        return null;
    }

    /**
     * Puts marks in place of the media of one block. How many tokens a medium has no event says: those that are the same as its first in
     * the block are taken for it. The others stay as they are, so that blocks of different content never look alike.
     *
     * @param first index of the block's first token; its last may be missing
     * @param media in the order of their places
     * @return whether all could be marked
     */
    static boolean mark(int[] tokens, long first, int blockTokens, List<BlockMedium> media) {
        if (first + blockTokens > tokens.length) {
            return media.isEmpty();
        }
        int begin = (int) first;
        for (int i = 0; i < media.size(); i++) {
            BlockMedium one = media.get(i);
            int from = begin + Math.max(0, one.offset);
            int end = i + 1 < media.size() ? begin + media.get(i + 1).offset : begin + blockTokens;
            if (one.offset >= blockTokens || end <= from || end > begin + blockTokens) {
                return false;
            }
            int to = from + 1;
            while (to < end && tokens[to] == tokens[from]) {
                to++;
            }
            MediumName.mark(tokens, from, to, one.name, from - begin - one.offset);
        }
        return true;
    }
}
