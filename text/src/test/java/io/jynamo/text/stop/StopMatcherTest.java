package io.jynamo.text.stop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
    /** The whole text searched at once: the match that ends first, the longest of those. */
    private record Model(String text, @Nullable String stop) {
        static Model of(String whole, List<String> stops, boolean include) {
            for (int end = 1; end <= whole.length(); end++) {
                String best = null;
                for (var stop : stops) {
                    if (whole.startsWith(stop, end - stop.length())
                            && (best == null || stop.length() > best.length())) {
                        best = stop;
                    }
                }
                if (best != null) {
                    return new Model(whole.substring(0, include ? end : end - best.length()), best);
                }
            }
            return new Model(whole, null);
        }

        /** The longest end of the text that begins a stop string. */
        static int heldBack(String text, List<String> stops) {
            for (int size = text.length(); size > 0; size--) {
                var end = text.substring(text.length() - size);
                if (stops.stream().anyMatch(stop -> stop.startsWith(end))) {
                    return size;
                }
            }
            return 0;
        }
    }

    @Test
    void findsAStopStringAcrossPieces() {
        var matcher = new StopMatcher(List.of("</s>", "STOP"), false);
        assertThat(matcher.push("Hello <").text()).isEqualTo("Hello ");
        assertThat(matcher.push("/").text()).isEmpty();
        assertThat(matcher.push("b> and ST").text()).isEqualTo("</b> and ");
        assertThat(matcher.push("OP it")).isEqualTo(new StopMatcher.Piece("", "STOP"));
        assertThat(matcher.isStopped()).isTrue();
        assertThat(matcher.push("more")).isEqualTo(new StopMatcher.Piece("", null));
        assertThat(matcher.flush()).isEmpty();
    }

    @Test
    void givesBackWhatNeverBecameAStopString() {
        var matcher = new StopMatcher(List.of("abc"), false);
        assertThat(matcher.push("xab").text()).isEqualTo("x");
        assertThat(matcher.heldBack()).isEqualTo(2);
        assertThat(matcher.flush()).isEqualTo("ab");
    }

    @Test
    void includesTheStopStringWhereAsked() {
        var matcher = new StopMatcher(List.of("\n\n"), true);
        assertThat(matcher.push("a\n").text()).isEqualTo("a");
        assertThat(matcher.push("\nb")).isEqualTo(new StopMatcher.Piece("\n\n", "\n\n"));
    }

    @Test
    void takesTheMatchThatEndsFirstAndTheLongestOfThose() {
        assertThat(new StopMatcher(List.of("bcde", "cd"), false).push("abcdef"))
                .isEqualTo(new StopMatcher.Piece("ab", "cd"));
        assertThat(new StopMatcher(List.of("cd", "bcd"), false).push("abcdef"))
                .isEqualTo(new StopMatcher.Piece("a", "bcd"));
    }

    @Test
    void keepsCharactersWhole() {
        var matcher = new StopMatcher(List.of("🙂!"), false);
        assertThat(matcher.push("a🙂").text()).isEqualTo("a");
        assertThat(matcher.push("🙂").text()).isEqualTo("🙂");
        assertThat(matcher.push("!").stop()).isEqualTo("🙂!");
    }

    @Test
    void passesEverythingWithoutStopStrings() {
        var matcher = new StopMatcher(List.of(), false);
        assertThat(matcher.push("any text")).isEqualTo(new StopMatcher.Piece("any text", null));
        assertThatThrownBy(() -> new StopMatcher(List.of("a", ""), false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void agreesWithASearchOfTheWholeTextForAFixedSeed() {
        compare(7, 200_000);
    }

    @Test
    @Tag("long")
    void agreesWithASearchOfTheWholeTextForAFreshSeed() {
        compare(System.nanoTime(), 1_500_000);
    }

    private static void compare(long seed, int rounds) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < rounds; round++) {
            var stops = new ArrayList<String>();
            for (int i = random.nextInt(5); i > 0; i--) {
                stops.add(text(random, 1 + random.nextInt(5)));
            }
            var whole = text(random, random.nextInt(24));
            var include = random.nextBoolean();
            var model = Model.of(whole, stops, include);
            var matcher = new StopMatcher(stops, include);
            var shown = new StringBuilder();
            String found = null;
            for (int at = 0; at < whole.length() && found == null; ) {
                var end = Math.min(whole.length(), at + random.nextInt(5));
                var piece = matcher.push(whole.substring(at, end));
                shown.append(piece.text());
                found = piece.stop();
                at = end;
                if (found == null) {
                    assertThat(matcher.heldBack())
                            .as("held back, seed %d, round %d", seed, round)
                            .isEqualTo(Model.heldBack(whole.substring(0, end), stops));
                }
            }
            shown.append(matcher.flush());
            assertThat(new Model(shown.toString(), found))
                    .as("seed %d, round %d: %s in %s", seed, round, stops, whole)
                    .isEqualTo(model);
        }
    }

    /** Few letters, so that matches, overlaps and near misses are common. */
    private static String text(SplittableRandom random, int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(new String[] {"a", "b", "c", "🙂", "🙁"}[random.nextInt(5)]);
        }
        return text.toString();
    }
}
