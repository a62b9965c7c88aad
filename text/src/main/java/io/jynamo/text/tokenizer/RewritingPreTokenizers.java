package io.jynamo.text.tokenizer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stages that change the text of pieces: Metaspace, and ByteLevel's leading space and alphabet. */
final class RewritingPreTokenizers {
    private RewritingPreTokenizers() {}

    /** When Metaspace puts its mark before a text. */
    enum Prepend {
        ALWAYS,
        FIRST,
        NEVER
    }

    /** Writes spaces as a visible mark, with one before the text, and cuts before each mark. */
    record Metaspace(int mark, Prepend prepend, boolean split) implements PreTokenizer {
        @Override
        public void apply(Pieces in, Pieces out) {
            out.clear();
            for (int i = 0; i < in.count; i++) {
                int from = in.starts[i];
                boolean first = from == in.textStart;
                int start = out.length;
                int c = Utf8.codePoint(in.text, from);
                boolean wanted = prepend == Prepend.ALWAYS || (prepend == Prepend.FIRST && first);
                if (wanted && c != mark && c != ' ') {
                    out.appendCodePoint(mark);
                }
                copy(in, from, in.ends[i], out);
                if (first) {
                    out.textStart = start;
                }
                if (split) {
                    cut(out, start);
                } else {
                    out.add(start, out.length);
                }
            }
        }

        private void copy(Pieces in, int from, int to, Pieces out) {
            int kept = from;
            for (int p = from; p < to; p++) {
                if (in.text[p] == ' ') {
                    out.append(in.text, kept, p);
                    out.appendCodePoint(mark);
                    kept = p + 1;
                }
            }
            out.append(in.text, kept, to);
        }

        /** Each mark begins a piece; of several in a row, each but the last stands alone. */
        private void cut(Pieces out, int from) {
            int start = from;
            for (int p = from; p < out.length; p += Utf8.width(out.text[p])) {
                if (p > start && Utf8.codePoint(out.text, p) == mark) {
                    out.add(start, p);
                    start = p;
                }
            }
            if (start < out.length) {
                out.add(start, out.length);
            }
        }
    }

    /** Puts a space before each piece that does not begin with one. */
    record LeadingSpace() implements PreTokenizer {
        @Override
        public void apply(Pieces in, Pieces out) {
            out.clear();
            for (int i = 0; i < in.count; i++) {
                int start = out.length;
                if (in.text[in.starts[i]] != ' ') {
                    out.appendCodePoint(' ');
                }
                out.append(in.text, in.starts[i], in.ends[i]);
                if (in.starts[i] == in.textStart) {
                    out.textStart = start;
                }
                out.add(start, out.length);
            }
        }
    }

    /** Writes each byte as the printable character that stands for it in GPT-2's alphabet. */
    record ByteAlphabet() implements PreTokenizer {
        @Override
        public void apply(Pieces in, Pieces out) {
            out.clear();
            for (int i = 0; i < in.count; i++) {
                int start = out.length;
                for (int p = in.starts[i]; p < in.ends[i]; p++) {
                    out.appendCodePoint(ByteChars.character(in.text[p]));
                }
                if (in.starts[i] == in.textStart) {
                    out.textStart = start;
                }
                out.add(start, out.length);
            }
        }
    }

    /** Cuts where the script changes; kana counts as Han and a space as whatever stands before it. */
    record Scripts() implements PreTokenizer {
        @Override
        public void apply(Pieces in, Pieces out) {
            out.sameText(in);
            for (int i = 0; i < in.count; i++) {
                cut(out.text, in.starts[i], in.ends[i], out);
            }
        }

        private static void cut(byte[] text, int from, int to, Pieces out) {
            int start = from;
            Character.@Nullable UnicodeScript last = null;
            for (int p = from; p < to; p += Utf8.width(text[p])) {
                int c = Utf8.codePoint(text, p);
                if (c == ' ') {
                    continue;
                }
                var script = scriptOf(c);
                if (last == null) {
                    // Spaces before the first character belong to no piece, as in the library.
                    start = p;
                } else if (script != last) {
                    out.add(start, p);
                    start = p;
                }
                last = script;
            }
            if (last != null) {
                out.add(start, to);
            }
        }

        private static Character.UnicodeScript scriptOf(int c) {
            var script = Character.UnicodeScript.of(c);
            boolean kana = script == Character.UnicodeScript.HIRAGANA || script == Character.UnicodeScript.KATAKANA;
            return kana || c == 0x30FC ? Character.UnicodeScript.HAN : script;
        }
    }

    /** Cuts into pieces of so many characters. */
    record FixedLength(int characters) implements PreTokenizer {
        @Override
        public boolean keepsText() {
            return true;
        }

        @Override
        public void apply(Pieces in, Pieces out) {
            out.sameText(in);
            for (int i = 0; i < in.count; i++) {
                int start = in.starts[i];
                int n = 0;
                for (int p = start; p < in.ends[i]; ) {
                    p += Utf8.width(out.text[p]);
                    if (++n == characters || p == in.ends[i]) {
                        out.add(start, p);
                        start = p;
                        n = 0;
                    }
                }
            }
        }
    }

    /** Several stages one after the other. */
    record Chain(List<PreTokenizer> stages) implements PreTokenizer {
        Chain {
            stages = List.copyOf(stages);
        }

        @Override
        public boolean keepsText() {
            return stages.stream().allMatch(PreTokenizer::keepsText);
        }

        @Override
        public void apply(Pieces in, Pieces out) {
            Pieces from = in;
            Pieces to = out;
            for (PreTokenizer stage : stages) {
                stage.apply(from, to);
                Pieces spare = from;
                from = to;
                to = spare;
            }
            if (from != out) {
                out.sameText(from);
                out.starts = Arrays.copyOf(from.starts, from.starts.length);
                out.ends = Arrays.copyOf(from.ends, from.ends.length);
                out.count = from.count;
            }
        }
    }
}
