package io.jynamo.text.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An immutable set of token ids: the ids themselves where they are few, a bit each where they are many. */
final class TokenSet {
    private final int @Nullable [] few;
    private final long @Nullable [] many;

    private TokenSet(int @Nullable [] few, long @Nullable [] many) {
        this.few = few;
        this.many = many;
    }

    /** The ids whose bits are set; {@code bits} is not kept. */
    static TokenSet of(long[] bits) {
        int count = 0;
        for (long word : bits) {
            count += Long.bitCount(word);
        }
        if (count > bits.length) {
            return new TokenSet(null, bits.clone());
        }
        var ids = new int[count];
        int at = 0;
        for (int i = 0; i < bits.length; i++) {
            for (long word = bits[i]; word != 0; word &= word - 1) {
                ids[at++] = 64 * i + Long.numberOfTrailingZeros(word);
            }
        }
        return new TokenSet(ids, null);
    }

    void addTo(long[] bits) {
        if (few != null) {
            for (int id : few) {
                bits[id >> 6] |= 1L << id;
            }
        } else if (many != null) {
            for (int i = 0; i < many.length; i++) {
                bits[i] |= many[i];
            }
        }
    }

    /** Sets exactly these bits of those the vocabulary has; what lies behind them becomes 0. */
    void copyTo(long[] bits) {
        if (many != null) {
            System.arraycopy(many, 0, bits, 0, many.length);
            Arrays.fill(bits, many.length, bits.length, 0);
        } else {
            Arrays.fill(bits, 0);
            addTo(bits);
        }
    }

    /** In memory, about. */
    long bytes() {
        return 48 + (few != null ? 4L * few.length : 0) + (many != null ? 8L * many.length : 0);
    }
}
