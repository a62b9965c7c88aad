package io.jynamo.text.tokenizer;

import java.util.Arrays;

/**
 * Places where a text may be cut so that the ids of the parts, one after the other, are the ids of the whole.
 *
 * <p>Two kinds are known. Where an added token begins: what is before and after it is encoded apart anyway (unless some added token takes
 * white space along or looks at its neighbours). And after a line feed that no white space follows, where the pre-tokenizer is a scanner that
 * always ends a piece there and the normalizer leaves line feeds alone.
 */
final class SafeCuts {
    private final AddedTokens tokens;
    private final boolean atTokens;
    private final boolean atLines;

    SafeCuts(PipelineTokenizer tokenizer) {
        this.tokens = tokenizer.rawTokens();
        this.atTokens = tokens.all().stream().noneMatch(t -> t.leftStrip() || t.rightStrip() || t.singleWord());
        boolean newlineInToken = tokens.all().stream().anyMatch(t -> t.content().indexOf('\n') >= 0);
        Normalizer normalizer = tokenizer.parts().normalizer();
        boolean plainNormalizer = normalizer.keepsComposed() && normalizer.keepsAscii();
        boolean scanned = tokenizer.parts().preTokenizer() instanceof ScannerPreTokenizer stage
                && stage.scanner().cutsAfterNewline();
        this.atLines = atTokens
                && scanned
                && plainNormalizer
                && !newlineInToken
                && tokenizer.normalizedTokens().isEmpty();
    }

    /** Cuts in ascending order, each at least {@code distance} characters after the one before, never at the ends. */
    int[] of(String text, boolean plain, int distance) {
        var found = new Finder(text, distance);
        if (atTokens) {
            tokens.split(text, plain, found);
        }
        return Arrays.copyOf(found.cuts, found.count);
    }

    /** Walks over a text's parts and keeps what is far enough from the last cut. */
    private final class Finder implements AddedTokens.Sink {
        private final String text;
        private final int distance;
        private int[] cuts = new int[16];
        private int count;
        private int next;

        Finder(String text, int distance) {
            this.text = text;
            this.distance = distance;
            this.next = distance;
        }

        @Override
        public void text(int from, int to) {
            if (!atLines) {
                return;
            }
            int p = Math.max(from + 1, next);
            while (p < to) {
                int newline = text.indexOf('\n', p - 1);
                p = newline + 1;
                if (newline < 0 || p >= to) {
                    return;
                }
                char after = text.charAt(p);
                if (!CharClass.isSpace(after) && after != '/') {
                    add(p);
                    p = Math.max(p + 1, next);
                } else {
                    p++;
                }
            }
        }

        @Override
        public void token(int id, int from, int to) {
            if (from >= next) {
                add(from);
            }
        }

        private void add(int cut) {
            if (count == cuts.length) {
                cuts = Arrays.copyOf(cuts, count * 2);
            }
            cuts[count++] = cut;
            next = cut + distance;
        }
    }
}
