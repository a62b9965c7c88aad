package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerdeNumberTest {
    /** One of xlm-r's scores: with the nearest double {@code ]]])} is cut another way than the library cuts it. */
    @Test
    void isOffByOneUnitWhereTheLibraryIs() {
        assertThat(SerdeNumber.parse("-13.255120277404785")).isEqualTo(-13.255120277404783);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.0",
                "1",
                "-3.5",
                "12e3",
                "1.25E-2",
                "1e+2",
                "9007199254740993",
                "18446744073709551615",
                "0.1"
            })
    void isTheNearestDoubleWhereTheDigitsFit(String text) {
        assertThat(SerdeNumber.parse(text)).isEqualTo(Double.parseDouble(text));
    }

    @Test
    void keepsWhatDoesNotFitAsZerosAndNamesWhatIsOutOfRange() {
        assertThat(SerdeNumber.parse("184467440737095516159")).isEqualTo(0x1p64 * 10);
        assertThat(SerdeNumber.parse("0.184467440737095516159")).isEqualTo(0x1p64 / 1e20);
        assertThat(SerdeNumber.parse("1e400")).isInfinite();
        assertThat(SerdeNumber.parse("1e99999999999")).isInfinite();
        assertThat(SerdeNumber.parse("1e-400")).isZero();
        assertThat(SerdeNumber.parse("1e-99999999999")).isZero();
        assertThat(SerdeNumber.parse("0e400")).isZero();
    }

    @Test
    void isNeverFurtherThanTwoUnitsFromTheNearest() {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 100_000; i++) {
            double value = random.nextDouble(-30, 0);
            assertThat(Math.abs(SerdeNumber.parse(Double.toString(value)) - value))
                    .isLessThanOrEqualTo(2 * Math.ulp(value));
        }
    }
}
