package io.jynamo.frontend.fake;

import io.jynamo.text.IncrementalDecoder;
import io.jynamo.text.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/** A tokenizer with one id per byte and three special tokens. */
public final class ByteTokenizer implements Tokenizer {
    public static final int BOS = 256;
    public static final int EOS = 257;
    public static final int TURN = 258;
    private static final String[] SPECIALS = {"<bos>", "<eos>", "<turn>"};

    @Override
    public int[] encode(String text, SpecialText specials) {
        int[] ids = new int[text.length() * 3 + 1];
        int count = 0;
        for (int i = 0; i < text.length(); ) {
            int special = specials == SpecialText.PARSE ? specialAt(text, i) : -1;
            if (special >= 0) {
                ids[count++] = 256 + special;
                i += SPECIALS[special].length();
                continue;
            }
            int point = text.codePointAt(i);
            for (byte one : new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8)) {
                ids[count++] = one & 0xFF;
            }
            i += Character.charCount(point);
        }
        return Arrays.copyOf(ids, count);
    }

    private static int specialAt(String text, int at) {
        for (int i = 0; i < SPECIALS.length; i++) {
            if (text.startsWith(SPECIALS[i], at)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int[] encodeFramed(String text, SpecialText specials) {
        int[] inner = encode(text, specials);
        int[] framed = new int[inner.length + 1];
        framed[0] = BOS;
        System.arraycopy(inner, 0, framed, 1, inner.length);
        return framed;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        IncrementalDecoder decoder = newDecoder(skipSpecial);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.push(id));
        }
        return text.append(decoder.flush()).toString();
    }

    @Override
    public IncrementalDecoder newDecoder(boolean skipSpecial) {
        return new Decoder(skipSpecial);
    }

    @Override
    public int vocabularySize() {
        return 259;
    }

    @Override
    public OptionalInt findId(String token) {
        for (int i = 0; i < SPECIALS.length; i++) {
            if (SPECIALS[i].equals(token)) {
                return OptionalInt.of(256 + i);
            }
        }
        return OptionalInt.empty();
    }

    @Override
    public String token(int id) {
        return id < 256 ? String.format("<%02x>", id) : SPECIALS[id - 256];
    }

    @Override
    public byte[] bytes(int id) {
        return id < 256 ? new byte[] {(byte) id} : SPECIALS[id - 256].getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isSpecial(int id) {
        return id >= 256;
    }

    private static final class Decoder implements IncrementalDecoder {
        private final boolean skipSpecial;
        private final CharsetDecoder utf8 = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private final ByteBuffer bytes = ByteBuffer.allocate(16);
        private final CharBuffer chars = CharBuffer.allocate(32);

        private Decoder(boolean skipSpecial) {
            this.skipSpecial = skipSpecial;
        }

        @Override
        public String push(int id) {
            if (id >= 256) {
                return flush() + (skipSpecial ? "" : SPECIALS[id - 256]);
            }
            bytes.put((byte) id);
            return decode(false);
        }

        @Override
        public String flush() {
            String rest = decode(true);
            bytes.clear();
            utf8.reset();
            return rest;
        }

        private String decode(boolean end) {
            bytes.flip();
            utf8.decode(bytes, chars, end);
            bytes.compact();
            chars.flip();
            String text = chars.toString();
            chars.clear();
            return text;
        }
    }
}
