package io.jynamo.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** WordPiece: the longest token that fits, again and again; a word that does not come out even is unknown as a whole. */
final class WordPieceModel implements TokenModel {
    private final ByteIndex index;
    private final byte[] first;
    private final byte[] continuing;
    private final int unknownId;
    private final int maxCharacters;

    /** {@code first} and {@code continuing} are what tokens carry before the first and before later parts of a word. */
    WordPieceModel(ByteIndex index, String first, String continuing, int unknownId, int maxCharacters) {
        this.index = index;
        this.first = first.getBytes(StandardCharsets.UTF_8);
        this.continuing = continuing.getBytes(StandardCharsets.UTF_8);
        this.unknownId = unknownId;
        this.maxCharacters = maxCharacters;
    }

    @Override
    public void encode(byte[] s, int from, int to, Lane lane, IdBuffer out) {
        int before = out.count;
        if (characters(s, from, to) > maxCharacters || !split(s, from, to, out)) {
            out.count = before;
            if (unknownId >= 0) {
                out.add(unknownId);
            }
        }
    }

    private boolean split(byte[] s, int from, int to, IdBuffer out) {
        for (int start = from; start < to; ) {
            byte[] prefix = start == from ? first : continuing;
            byte[] key = Arrays.copyOf(prefix, prefix.length + to - start);
            System.arraycopy(s, start, key, prefix.length, to - start);
            int end = to;
            int id = -1;
            while (end > start) {
                id = index.find(key, 0, prefix.length + end - start);
                if (id >= 0) {
                    break;
                }
                end = Utf8.before(s, end);
            }
            if (id < 0) {
                return false;
            }
            out.add(id);
            start = end;
        }
        return true;
    }

    private static int characters(byte[] s, int from, int to) {
        int n = 0;
        for (int p = from; p < to; p++) {
            if ((s[p] & 0xC0) != 0x80) {
                n++;
            }
        }
        return n;
    }
}
