package io.jynamo.text.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's own normalization: the compiled map, extra white space dropped if so set, spaces written as marks, one mark before the
 * text if so set.
 *
 * @param symbols user-defined symbols, which the map must leave alone
 */
record SentencePieceNormalizer(
        @Nullable CharsMap map, boolean leadingMark, boolean dropExtraSpaces, boolean marks, ByteTrie symbols)
        implements Normalizer {
    @Override
    public String apply(String text) {
        String result = map == null ? text : map.applyLongest(text, this::symbolAt);
        if (dropExtraSpaces) {
            result = withoutExtraSpaces(result);
        }
        if (result.isEmpty()) {
            return result;
        }
        if (leadingMark) {
            result = ' ' + result;
        }
        return marks ? result.replace(' ', '\u2581') : result;
    }

    @Override
    public boolean neverShortens() {
        return map == null && !dropExtraSpaces;
    }

    @Override
    public String spell(String token) {
        return token;
    }

    private int symbolAt(byte[] s, int from) {
        int node = 0;
        int found = 0;
        for (int i = from; i < s.length; i++) {
            node = symbols.child(node, s[i]);
            if (node < 0) {
                break;
            }
            if (symbols.id(node) >= 0) {
                found = i + 1 - from;
            }
        }
        return found;
    }

    private static String withoutExtraSpaces(String text) {
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' || (!out.isEmpty() && out.charAt(out.length() - 1) != ' ')) {
                out.append(c);
            }
        }
        int end = out.length();
        while (end > 0 && out.charAt(end - 1) == ' ') {
            end--;
        }
        return out.substring(0, end);
    }
}
