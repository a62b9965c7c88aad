package io.jynamo.conformance;

import java.util.List;
import java.util.Locale;

/**
 * How a fault shows in the hit rate, and when that is back.
 *
 * @param before without the fault
 * @param lowest of any window after it
 * @param millis from the fault until the first window begins that has at least the share wanted of {@code before}; -1
 *     where none has
 * @param back of that window
 */
record Comeback(HitRate before, HitRate lowest, long millis, HitRate back) {
    static final int WINDOW = 200;
    private static final double WANTED = 0.95;

    /**
     * The comeback after a fault.
     *
     * @param strikeNanos when it struck
     * @param overNanos when all was as it is from then on; what ended earlier is not looked at
     * @param answers of the whole load
     */
    static Comeback of(HitRate before, long strikeNanos, long overNanos, List<RoutedAnswer> answers) {
        List<RoutedAnswer> complete = answers.stream()
                .filter(answer -> answer.ending() == RoutedAnswer.Ending.COMPLETE && answer.endNanos() >= overNanos)
                .toList();
        HitRate lowest = before;
        HitRate back = HitRate.of(List.of());
        long millis = -1;
        for (int i = 0; i + WINDOW <= complete.size(); i++) {
            HitRate window = HitRate.of(complete.subList(i, i + WINDOW));
            lowest = window.measured() < lowest.measured() ? window : lowest;
            if (millis < 0 && window.measured() >= WANTED * before.measured()) {
                millis = (complete.get(i).endNanos() - strikeNanos) / 1_000_000;
                back = window;
            }
        }
        return new Comeback(before, lowest, millis, back);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "hit rate %.2f %% before; lowest of %d requests %.2f %%; back within 5 %% from %d ms on (%s)",
                100 * before.measured(),
                WINDOW,
                100 * lowest.measured(),
                millis,
                back);
    }
}
