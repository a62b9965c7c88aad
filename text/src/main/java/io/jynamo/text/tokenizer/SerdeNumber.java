package io.jynamo.text.tokenizer;

/**
 * A JSON number as the Hugging Face library gets it: its reader (Rust's serde_json without {@code float_roundtrip}) rounds
 * the digits to a double and divides by a rounded power of ten, so that a number of 17 digits is often the neighbour of the
 * nearest double. Unigram's sums of equal pieces in another order are told apart by nothing else.
 */
final class SerdeNumber {
    private static final int LARGEST_POWER = 308;
    private static final long MOST_BEFORE_DIGIT = Long.divideUnsigned(-1, 10);

    private SerdeNumber() {}

    /**
     * Reads one number.
     *
     * @param text a number of JSON's grammar
     * @return infinite where the library refuses the number as out of range
     */
    static double parse(String text) {
        boolean negative = text.startsWith("-");
        int at = negative ? 1 : 0;
        long digits = 0; // unsigned
        int exponent = 0;
        boolean full = false;
        boolean fraction = false;
        for (; at < text.length() && text.charAt(at) != 'e' && text.charAt(at) != 'E'; at++) {
            if (text.charAt(at) == '.') {
                fraction = true;
                continue;
            }
            int digit = text.charAt(at) - '0';
            full |= overflows(digits, digit);
            if (full) {
                exponent += fraction ? 0 : 1; // what does not fit counts as zeros
            } else {
                digits = digits * 10 + digit;
                exponent -= fraction ? 1 : 0;
            }
        }
        if (at < text.length()) {
            exponent += written(text.substring(at + 1));
        }
        double value = scaled(unsigned(digits), exponent);
        return negative ? -value : value;
    }

    private static boolean overflows(long digits, int digit) {
        int order = Long.compareUnsigned(digits, MOST_BEFORE_DIGIT);
        return order > 0 || (order == 0 && digit > 5);
    }

    /** An exponent; one too long to matter is cut to what is out of range for sure. */
    private static int written(String exponent) {
        String digits = exponent.startsWith("+") ? exponent.substring(1) : exponent;
        return digits.length() > 6 ? (digits.startsWith("-") ? -999_999 : 999_999) : Integer.parseInt(digits);
    }

    private static double scaled(double digits, int exponent) {
        double value = digits;
        int left = exponent;
        while (left < -LARGEST_POWER && value != 0) {
            value /= 1e308;
            left += LARGEST_POWER;
        }
        if (value == 0) {
            return 0;
        }
        if (left > LARGEST_POWER) {
            return Double.POSITIVE_INFINITY;
        }
        double power = Double.parseDouble("1e" + Math.abs(left));
        return left >= 0 ? value * power : value / power;
    }

    /** The nearest double of an unsigned long. */
    private static double unsigned(long bits) {
        if (bits >= 0) {
            return bits;
        }
        // The lowest bit stays as a sticky one, so that halving does not round.
        return (double) ((bits >>> 1) | (bits & 1)) * 2;
    }
}
