package io.jynamo.conformance;

import io.jynamo.conformance.ObservedStream.Content;
import io.jynamo.conformance.ObservedStream.Ending;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What became of the streams of one kind of fault, beside the same requests undisturbed.
 *
 * <p>A stream does not show that it moved. The frontend counts those that did; as many of the
 * gaps about the time of a fault, the longest, are taken for theirs: never fewer milliseconds than the truth.
 *
 * @param streams that began; what was refused is none
 * @param moved streams that went on with another worker, as the frontend counts them
 * @param lost streams with less than the undisturbed ones
 * @param repeated with more
 * @param changed with something else
 * @param kinds of endings
 * @param undisturbed longest gap of each stream of a run without faults, at the same load
 * @param disturbed longest gap of each stream that moved
 * @param recovery from the fault to the first event after that gap
 * @param examples of what went wrong, a few
 */
record FaultCase(
        String name,
        int streams,
        int faults,
        int moved,
        int lost,
        int repeated,
        int changed,
        Map<Ending, Integer> kinds,
        Spread undisturbed,
        Spread disturbed,
        Spread recovery,
        List<String> examples) {
    private static final int EXAMPLES = 5;
    /** A fault shows at once; that of a drain when its time is over. */
    private static final long ABOUT_NANOS = 500_000_000;

    /** Compares every stream with its reference. */
    static FaultCase of(
            String name, Undisturbed reference, List<ObservedStream> streams, List<Long> faults, int moved) {
        Map<Ending, Integer> kinds = new EnumMap<>(Ending.class);
        List<String> examples = new ArrayList<>();
        int lost = 0;
        int repeated = 0;
        int changed = 0;
        for (ObservedStream stream : streams) {
            kinds.merge(stream.ending(), 1, Integer::sum);
            Content whole = reference.content(stream.request());
            if (stream.ending() == Ending.COMPLETE && !stream.content().equals(whole)) {
                int more = stream.content().length() - whole.length();
                lost += more < 0 ? 1 : 0;
                repeated += more > 0 ? 1 : 0;
                changed += more == 0 ? 1 : 0;
                example(examples, stream, "expected " + whole + " and saw " + stream.content());
            } else if (stream.ending() != Ending.COMPLETE) {
                if (!stream.content().isBeginningOf(whole)) {
                    changed++;
                }
                example(examples, stream, stream.ending() + ": " + stream.detail());
            }
        }
        List<Seam> seams = seams(streams, faults).limit(moved).toList();
        return new FaultCase(
                name,
                streams.size() - kinds.getOrDefault(Ending.REFUSED, 0),
                faults.size(),
                moved,
                lost,
                repeated,
                changed,
                kinds,
                reference.gaps(),
                Spread.ofNanos(seams.stream().map(seam -> seam.gap().nanos()).toList()),
                Spread.ofNanos(seams.stream().map(Seam::recoveryNanos).toList()),
                examples);
    }

    private static void example(List<String> examples, ObservedStream stream, String what) {
        if (examples.size() < EXAMPLES) {
            examples.add("request " + stream.request() + ": " + what);
        }
    }

    /** The gap of a stream about the time of a fault. */
    private record Seam(ObservedStream.Gap gap, long faultNanos) {
        /** From the fault to the first event after the gap. */
        long recoveryNanos() {
            return gap.toNanos() - faultNanos;
        }
    }

    /** Those of all streams that ran when a fault struck, the longest first. */
    private static Stream<Seam> seams(List<ObservedStream> streams, List<Long> faults) {
        return faults.stream()
                .flatMap(fault -> streams.stream()
                        .filter(stream -> stream.ending() == Ending.COMPLETE && stream.isRunningAt(fault))
                        .map(stream -> new Seam(stream.longestGap(fault, fault + ABOUT_NANOS), fault)))
                .filter(seam -> seam.gap().nanos() > 0)
                .sorted(Comparator.comparingLong((Seam seam) -> -seam.gap().nanos()));
    }

    int count(Ending kind) {
        return kinds.getOrDefault(kind, 0);
    }

    /** All that did not end as if nothing had happened, but for endings that are expected. */
    int hurt(Set<Ending> expected) {
        int others = kinds.entrySet().stream()
                .filter(kind -> kind.getKey() != Ending.COMPLETE && !expected.contains(kind.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
        return lost + repeated + changed + others;
    }
}
