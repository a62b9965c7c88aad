package io.jynamo.text.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** UTF-8 as the tokenizers need it: lone surrogates become U+FFFD, and reading a character of valid text is cheap. */
final class Utf8 {
    /** Bytes of slack that text buffers carry at their end, so that reads of eight bytes or of a block never leave them. */
    static final int SLACK = AsciiBlock.SIZE;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUESTIONS = ONES * '?';

    private Utf8() {}

    static long longAt(byte[] bytes, int index) {
        return (long) LONGS.get(bytes, index);
    }

    /** The text as UTF-8. The JDK writes lone surrogates as question marks, which are found and mended. */
    static byte[] bytes(String text) {
        byte[] direct = text.getBytes(StandardCharsets.UTF_8);
        boolean intact = direct.length == text.length() ? questionsAreTheirOwn(text, direct) : !hasLoneSurrogate(text);
        return intact ? direct : repaired(text).getBytes(StandardCharsets.UTF_8);
    }

    /** For text and bytes of one length: whether each question mark in the bytes is one in the text. */
    private static boolean questionsAreTheirOwn(String text, byte[] bytes) {
        int i = 0;
        for (; i + 8 <= bytes.length; i += 8) {
            long other = longAt(bytes, i) ^ QUESTIONS;
            if (((other - ONES) & ~other & HIGH_BITS) != 0 && !sameQuestions(text, bytes, i, i + 8)) {
                return false;
            }
        }
        return sameQuestions(text, bytes, i, bytes.length);
    }

    private static boolean sameQuestions(String text, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '?' && text.charAt(i) != '?') {
                return false;
            }
        }
        return true;
    }

    /** The text with each lone surrogate replaced by U+FFFD. */
    static String repaired(String text) {
        var fixed = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            fixed.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c);
        }
        return fixed.toString();
    }

    static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0xD800 && c <= 0xDFFF) {
                if (c < 0xDC00 && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    return true;
                }
            }
        }
        return false;
    }

    static String string(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** The text of bytes that need not be UTF-8: each maximal subpart of a malformed character is one U+FFFD. */
    static String lossy(byte[] s, int from, int to) {
        String text = string(s, from, to);
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        var out = new StringBuilder(text.length());
        for (int p = from; p < to; ) {
            int length = valid(s, p, to);
            if (length > 0) {
                out.appendCodePoint(codePoint(s, p));
                p += length;
            } else {
                out.append('\uFFFD');
                p -= length;
            }
        }
        return out.toString();
    }

    /** The length of the valid character at {@code p}, or less than zero: the negated length of the malformed subpart there. */
    private static int valid(byte[] s, int p, int to) {
        int needed = needed(s[p] & 0xFF);
        if (needed <= 1) {
            return needed == 1 ? 1 : -1;
        }
        int have = 1;
        while (have < needed && p + have < to && (s[p + have] & 0xC0) == 0x80) {
            if (have == 1 && !follows(s[p] & 0xFF, s[p + 1] & 0xFF)) {
                break;
            }
            have++;
        }
        return have == needed ? needed : -have;
    }

    /** How many bytes a character has that begins with {@code lead}; 0 where none does. */
    private static int needed(int lead) {
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }

    /** Whether a continuation may follow a first byte; overlong forms, surrogates and what is beyond Unicode may not. */
    private static boolean follows(int lead, int second) {
        return switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second < 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }

    /** How many bytes at the end begin a character that later bytes may complete. */
    static int incompleteTail(byte[] s, int from, int to) {
        for (int back = 1; back <= 3 && to - back >= from; back++) {
            if ((s[to - back] & 0xC0) != 0x80) {
                int length = valid(s, to - back, to);
                return length == -back && needed(s[to - back] & 0xFF) > back ? back : 0;
            }
        }
        return 0;
    }

    /** The code point that starts at {@code index} of valid UTF-8. */
    static int codePoint(byte[] s, int index) {
        int b = s[index];
        if (b >= 0) {
            return b;
        }
        if (b < (byte) 0xE0) {
            return ((b & 0x1F) << 6) | (s[index + 1] & 0x3F);
        }
        if (b < (byte) 0xF0) {
            return ((b & 0x0F) << 12) | ((s[index + 1] & 0x3F) << 6) | (s[index + 2] & 0x3F);
        }
        return ((b & 7) << 18) | ((s[index + 1] & 0x3F) << 12) | ((s[index + 2] & 0x3F) << 6) | (s[index + 3] & 0x3F);
    }

    /** How many bytes the character takes whose first byte is {@code b}. */
    static int width(byte b) {
        return b >= 0 ? 1 : b < (byte) 0xE0 ? 2 : b < (byte) 0xF0 ? 3 : 4;
    }

    static int width(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    /** Where the character begins that ends just before {@code index}. */
    static int before(byte[] s, int index) {
        int i = index - 1;
        while ((s[i] & 0xC0) == 0x80) {
            i--;
        }
        return i;
    }

    /** Writes a code point and returns the index after it. */
    static int put(byte[] s, int index, int c) {
        if (c < 0x80) {
            s[index] = (byte) c;
            return index + 1;
        }
        if (c < 0x800) {
            s[index] = (byte) (0xC0 | (c >> 6));
            s[index + 1] = continuation(c);
            return index + 2;
        }
        if (c < 0x10000) {
            s[index] = (byte) (0xE0 | (c >> 12));
            s[index + 1] = continuation(c >> 6);
            s[index + 2] = continuation(c);
            return index + 3;
        }
        s[index] = (byte) (0xF0 | (c >> 18));
        s[index + 1] = continuation(c >> 12);
        s[index + 2] = continuation(c >> 6);
        s[index + 3] = continuation(c);
        return index + 4;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3F));
    }

    /** FNV-like hash of a range, eight bytes at a time where the range is long. */
    static int hash(byte[] s, int from, int to) {
        long h = (long) to - from;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            h = (h ^ longAt(s, i)) * 0x9E3779B97F4A7C15L;
            h ^= h >>> 29;
        }
        for (; i < to; i++) {
            h = (h ^ s[i]) * 0x9E3779B97F4A7C15L;
        }
        h ^= h >>> 32;
        return (int) h;
    }
}
