package io.jynamo.text.tokenizer;

import java.util.List;

/** The normalizers other than Unicode forms, named as the Hugging Face library names them. */
final class Normalizers {
    private Normalizers() {}

    /** Several in a row. */
    record Sequence(List<Normalizer> stages) implements Normalizer {
        Sequence {
            stages = List.copyOf(stages);
        }

        @Override
        public boolean neverShortens() {
            return stages.stream().allMatch(Normalizer::neverShortens);
        }

        @Override
        public String apply(String text) {
            String result = text;
            for (Normalizer stage : stages) {
                result = stage.apply(result);
                Growth.check(result.length(), text.length());
            }
            return result;
        }

        @Override
        public boolean keepsAscii() {
            return stages.stream().allMatch(Normalizer::keepsAscii);
        }

        @Override
        public boolean keepsComposed() {
            return stages.stream().allMatch(Normalizer::keepsComposed);
        }
    }

    /** Puts a text before every text that is not empty. */
    record Prepend(String prefix) implements Normalizer {
        @Override
        public boolean neverShortens() {
            return true;
        }

        @Override
        public String apply(String text) {
            return text.isEmpty() ? text : prefix + text;
        }
    }

    /** Replaces one string by another. */
    record ReplaceText(String target, String replacement) implements Normalizer {
        @Override
        public boolean neverShortens() {
            return Utf8.bytes(replacement).length >= Utf8.bytes(target).length;
        }

        @Override
        public String apply(String text) {
            return target.isEmpty() ? text : Growth.replace(text, target, replacement);
        }
    }

    /** Replaces what a pattern matches. */
    record ReplacePattern(RegexPattern pattern, String replacement) implements Normalizer {
        @Override
        public String apply(String text) {
            return pattern.replaceAll(text, replacement);
        }
    }

    /** Lower case, character by character, without regard to context. */
    record Lowercase() implements Normalizer {
        @Override
        public String apply(String text) {
            var out = new StringBuilder(text.length());
            for (int i = 0; i < text.length(); ) {
                int c = text.codePointAt(i);
                i += Character.charCount(c);
                if (c == 0x130) {
                    out.append("i\u0307");
                } else {
                    out.appendCodePoint(Character.toLowerCase(c));
                }
            }
            return out.toString();
        }
    }

    /** Drops marks; meant to follow a decomposing form. */
    record StripAccents() implements Normalizer {
        @Override
        public String apply(String text) {
            return filtered(text, c -> (CharClass.of(c) & CharClass.MARK) != 0);
        }

        @Override
        public boolean keepsAscii() {
            return true;
        }
    }

    /** Drops white space at the ends. */
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public String apply(String text) {
            int from = 0;
            int to = text.length();
            while (left && from < to && CharClass.isSpace(text.charAt(from))) {
                from++;
            }
            while (right && to > from && CharClass.isSpace(text.charAt(to - 1))) {
                to--;
            }
            return text.substring(from, to);
        }
    }

    /** SentencePiece's compiled character map as the Hugging Face library applies it. */
    record Precompiled(CharsMap map) implements Normalizer {
        @Override
        public String apply(String text) {
            return map.applyByGrapheme(text);
        }
    }

    /** Writes each byte in GPT-2's alphabet. */
    record ByteAlphabet() implements Normalizer {
        @Override
        public String apply(String text) {
            byte[] bytes = Utf8.bytes(text);
            var out = new StringBuilder(bytes.length);
            for (byte b : bytes) {
                out.append(ByteChars.character(b));
            }
            return out.toString();
        }
    }

    /** The clean-up of neural machine translation corpora: some controls dropped, odd spaces made plain. */
    record Nmt() implements Normalizer {
        @Override
        public String apply(String text) {
            var out = new StringBuilder(text.length());
            text.codePoints().filter(c -> !dropped(c)).forEach(c -> out.appendCodePoint(space(c) ? ' ' : c));
            return out.toString();
        }

        private static boolean dropped(int c) {
            return (c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
        }

        private static boolean space(int c) {
            return switch (c) {
                case 9, 10, 12, 13, 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> true;
                default -> c >= 0x200B && c <= 0x200F;
            };
        }
    }

    /** BERT's: controls dropped, white space made plain, Han characters set apart, accents and case dropped. */
    record Bert(boolean cleanText, boolean spaceHan, boolean stripAccents, boolean lowercase) implements Normalizer {
        @Override
        public String apply(String text) {
            var out = new StringBuilder(text.length() + 16);
            for (int i = 0; i < text.length(); ) {
                int c = text.codePointAt(i);
                i += Character.charCount(c);
                if (cleanText && (c == 0 || c == 0xFFFD || isControl(c))) {
                    continue;
                }
                if (cleanText && CharClass.isSpace(c)) {
                    out.append(' ');
                } else if (spaceHan && isHan(c)) {
                    out.append(' ').appendCodePoint(c).append(' ');
                } else {
                    out.appendCodePoint(c);
                }
            }
            String result = out.toString();
            if (stripAccents) {
                String apart = java.text.Normalizer.normalize(result, java.text.Normalizer.Form.NFD);
                result = filtered(apart, c -> EarlierUnicode.category(c) == Character.NON_SPACING_MARK);
            }
            return lowercase ? new Lowercase().apply(result) : result;
        }

        private static boolean isControl(int c) {
            if (c == '\t' || c == '\n' || c == '\r') {
                return false;
            }
            return switch (EarlierUnicode.category(c)) {
                case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
                default -> false;
            };
        }

        private static boolean isHan(int c) {
            return (c >= 0x4E00 && c <= 0x9FFF)
                    || (c >= 0x3400 && c <= 0x4DBF)
                    || (c >= 0x20000 && c <= 0x2A6DF)
                    || (c >= 0x2A700 && c <= 0x2B73F)
                    || (c >= 0x2B740 && c <= 0x2B81F)
                    || (c >= 0x2B920 && c <= 0x2CEAF)
                    || (c >= 0xF900 && c <= 0xFAFF)
                    || (c >= 0x2F800 && c <= 0x2FA1F);
        }
    }

    private static String filtered(String text, java.util.function.IntPredicate dropped) {
        var out = new StringBuilder(text.length());
        text.codePoints().filter(dropped.negate()).forEach(out::appendCodePoint);
        return out.toString();
    }
}
