package io.jynamo.frontend.http;

import java.util.concurrent.ThreadLocalRandom;

/** Makes request ids: 128 random bits as 32 hexadecimal digits. */
public final class RequestIds {
    private RequestIds() {}

    /** A new one. */
    public static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        char[] digits = new char[32];
        fill(digits, 0, random.nextLong());
        fill(digits, 16, random.nextLong());
        return new String(digits);
    }

    private static void fill(char[] digits, int from, long bits) {
        for (int i = 0; i < 16; i++) {
            digits[from + i] = Character.forDigit((int) (bits >>> (60 - 4 * i)) & 0xF, 16);
        }
    }
}
