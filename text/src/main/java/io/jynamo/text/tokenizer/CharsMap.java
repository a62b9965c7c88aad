package io.jynamo.text.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's compiled character map: a double-array trie from UTF-8 prefixes to replacements. Format: u32 size of the trie in bytes,
 * the trie as u32 units, then zero-terminated replacements.
 */
final class CharsMap {
    private static final Pattern GRAPHEME = Pattern.compile("\\X");

    /** Unicode's longest compatibility decomposition is 33 bytes; without a limit a map multiplies text at will. */
    private static final int MAX_REPLACEMENT = 1024;

    private final int[] units;
    private final byte[] replacements;

    private CharsMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /** @throws JynamoException MODEL_FILE_CORRUPT where the sizes contradict each other */
    static CharsMap parse(byte[] blob) {
        var buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        long size = blob.length < 4 ? -1 : buffer.getInt() & 0xFFFFFFFFL;
        if (size < 4 || size % 4 != 0 || size > blob.length - 4) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the compiled character map of " + blob.length + " bytes names a trie of " + size + " bytes");
        }
        int longest = 0;
        int start = 4 + (int) size;
        for (int i = start; i <= blob.length; i++) {
            if (i == blob.length || blob[i] == 0) {
                longest = Math.max(longest, i - start);
                start = i + 1;
            }
        }
        if (longest > MAX_REPLACEMENT) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the compiled character map has a replacement of " + longest + " bytes");
        }
        var units = new int[(int) size / 4];
        buffer.asIntBuffer().get(units);
        return new CharsMap(units, Arrays.copyOfRange(blob, 4 + (int) size, blob.length));
    }

    /** As the Hugging Face library applies it: to whole grapheme clusters under six bytes, else to each character. */
    String applyByGrapheme(String text) {
        var out = new StringBuilder(text.length());
        var graphemes = GRAPHEME.matcher(text);
        while (graphemes.find()) {
            String grapheme = graphemes.group();
            byte[] whole = grapheme.getBytes(StandardCharsets.UTF_8);
            String mapped = whole.length < 6 ? first(whole, 0, whole.length) : null;
            if (mapped != null) {
                out.append(mapped);
                continue;
            }
            for (int p = 0; p < whole.length; ) {
                int after = p + Utf8.width(whole[p]);
                String one = first(whole, p, after);
                if (one != null) {
                    out.append(one);
                } else {
                    out.appendCodePoint(Utf8.codePoint(whole, p));
                }
                p = after;
            }
        }
        return out.toString();
    }

    /** As SentencePiece applies it: the longest prefix at each place; {@code keep} tells how many bytes must stay as they are. */
    String applyLongest(String text, PrefixLength keep) {
        byte[] s = text.getBytes(StandardCharsets.UTF_8);
        var out = new StringBuilder(text.length());
        for (int p = 0; p < s.length; ) {
            int kept = keep.at(s, p);
            if (kept > 0) {
                out.append(Utf8.string(s, p, p + kept));
                p += kept;
                continue;
            }
            long longest = longest(s, p);
            if (longest >= 0) {
                out.append(replacement((int) longest));
                p += (int) (longest >> 32);
            } else {
                out.appendCodePoint(Utf8.codePoint(s, p));
                p += Utf8.width(s[p]);
            }
        }
        return out.toString();
    }

    /** How many bytes at a place are a symbol to be left alone. */
    @FunctionalInterface
    interface PrefixLength {
        int at(byte[] utf8, int index);
    }

    /** The replacement of the shortest prefix of the range that has one. */
    private @Nullable String first(byte[] s, int from, int to) {
        int node = offset(units[0]);
        for (int i = from; i < to; i++) {
            int label = s[i] & 0xFF;
            node ^= label;
            if (label == 0 || node < 0 || node >= units.length || label(units[node]) != label) {
                return null;
            }
            int unit = units[node];
            node ^= offset(unit);
            if (hasLeaf(unit) && node >= 0 && node < units.length) {
                return replacement(units[node] & 0x7FFFFFFF);
            }
        }
        return null;
    }

    /** Length (high half) and replacement (low half) of the longest prefix, or -1. */
    private long longest(byte[] s, int from) {
        long found = -1;
        int node = offset(units[0]);
        for (int i = from; i < s.length; i++) {
            int label = s[i] & 0xFF;
            node ^= label;
            if (label == 0 || node < 0 || node >= units.length || label(units[node]) != label) {
                break;
            }
            int unit = units[node];
            node ^= offset(unit);
            if (hasLeaf(unit) && node >= 0 && node < units.length) {
                found = ((long) (i + 1 - from) << 32) | (units[node] & 0x7FFFFFFF);
            }
        }
        return found;
    }

    private String replacement(int index) {
        if (index >= replacements.length) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the compiled character map points to byte " + index + " of " + replacements.length);
        }
        int end = index;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return Utf8.string(replacements, index, end);
    }

    private static boolean hasLeaf(int unit) {
        return (unit >>> 8 & 1) == 1;
    }

    private static int label(int unit) {
        return unit & (1 << 31 | 0xFF);
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
    }
}
