package io.jynamo.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectorised passes against their scalar twins, bit for bit. */
class LogitScanTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 1_023, 1_024, 1_025, 4_100, 49_152})
    void agreesWithItsScalarTwin(int width) {
        Random random = new Random(width);
        for (int round = 0; round < 20; round++) {
            float[] row = new float[width];
            for (int i = 0; i < width; i++) {
                row[i] = (float) random.nextGaussian() * 10;
            }
            float max = Float.NEGATIVE_INFINITY;
            for (float x : row) {
                max = Math.max(max, x);
            }
            assertThat(LogitScan.max(row)).isEqualTo(max);
            assertThat(LogitScan.maxOfEdited(row)).isEqualTo(max);
            assertThat(row[LogitScan.indexOf(row, max)]).isEqualTo(max);
            double[] chunks = new double[width / LogitScan.CHUNK + 1];
            double[] twin = new double[chunks.length];
            assertThat(LogitScan.sumExp(row, max, 0.7f, chunks)).isEqualTo(sumExp(row, max, 0.7f, twin));
            assertThat(chunks).isEqualTo(twin);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, -1e-6f, -0.3f, -1f, -5.5f, -20f, -60f, -86.9f})
    void theExponentialIsClose(float x) {
        assertThat(LogitScan.exp(x) / Math.exp(x)).isCloseTo(1, within(4e-7));
    }

    private static double sumExp(float[] row, float max, float scale, double[] chunks) {
        double total = 0;
        for (int chunk = 0, from = 0; from < row.length; chunk++, from += LogitScan.CHUNK) {
            int to = Math.min(row.length, from + LogitScan.CHUNK);
            float[] lanes = new float[LogitScan.LANES];
            int i = from;
            for (; i + LogitScan.LANES <= to; i += LogitScan.LANES) {
                for (int lane = 0; lane < LogitScan.LANES; lane++) {
                    lanes[lane] += LogitScan.exp((row[i + lane] - max) * scale);
                }
            }
            double sum = 0;
            for (float lane : lanes) {
                sum += lane;
            }
            for (; i < to; i++) {
                sum += LogitScan.exp((row[i] - max) * scale);
            }
            chunks[chunk] = sum;
            total += sum;
        }
        return total;
    }
}
