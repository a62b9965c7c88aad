package io.jynamo.text.tokenizer;

import java.util.BitSet;

/**
 * Cuts before a word mark (▁) that follows another character, where no token of the vocabulary reaches across. Merges cannot cross such a
 * place either, so the ids stay what they would be for the text in one piece, and pieces become words that the cache knows.
 */
final class MarkBoundary implements PreTokenizer {
    private final int mark;
    /** Characters after which some token has the mark. */
    private final BitSet joined;

    private MarkBoundary(int mark, BitSet joined) {
        this.mark = mark;
        this.joined = joined;
    }

    static MarkBoundary of(Vocabulary vocabulary, int mark) {
        var joined = new BitSet();
        joined.set(mark);
        String markText = Character.toString(mark);
        for (int id = 0; id < vocabulary.size(); id++) {
            String text = vocabulary.text(id);
            if (text == null) {
                continue;
            }
            for (int at = text.indexOf(markText, 1); at > 0; at = text.indexOf(markText, at + 1)) {
                joined.set(text.codePointBefore(at));
            }
        }
        return new MarkBoundary(mark, joined);
    }

    @Override
    public boolean keepsText() {
        return true;
    }

    @Override
    public void apply(Pieces in, Pieces out) {
        out.sameText(in);
        byte[] s = out.text;
        byte lead = (byte) (0xE0 | (mark >> 12));
        byte second = (byte) (0x80 | ((mark >> 6) & 0x3F));
        byte third = (byte) (0x80 | (mark & 0x3F));
        for (int i = 0; i < in.count; i++) {
            int start = in.starts[i];
            int end = in.ends[i];
            for (int p = start + 1; p + 2 < end; p++) {
                if (s[p] == lead && s[p + 1] == second && s[p + 2] == third) {
                    if (!joined.get(Utf8.codePoint(s, Utf8.before(s, p)))) {
                        out.add(start, p);
                        start = p;
                    }
                    p += 2;
                }
            }
            out.add(start, end);
        }
    }
}
