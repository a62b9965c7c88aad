package io.jynamo.conformance;

import java.util.List;
import java.util.Map;

/**
 * What one client saw of one stream, and when; times are of {@link System#nanoTime}.
 *
 * @param request which of {@link LoadMix}'s requests it was
 * @param detail of an error, empty without one
 * @param arrivals of each event that had a choice, the oldest first
 */
@SuppressWarnings("ArrayRecordComponent") // hundreds of thousands of times, read only
record ObservedStream(
        int request, Ending ending, Content content, String detail, long startNanos, long[] arrivals, long endNanos) {

    /** How a stream ended. */
    enum Ending {
        /** With [DONE] and without an error. */
        COMPLETE,
        /** With an error event. */
        ERROR_EVENT,
        /** The connection broke under it: the client knows that it is not whole. */
        CUT,
        /** It came to a clean end that says neither [DONE] nor why. */
        SILENT,
        /** The answer was an error from the start, or there was nobody to ask. */
        REFUSED,
        /** Nothing came for longer than any request may take. */
        LATE
    }

    /**
     * What must be the same whatever happened on the way.
     *
     * @param texts by choice
     * @param logprobs tokens with their log probability, by choice
     * @param finishes by choice
     * @param usage prompt and output tokens, or empty
     */
    record Content(
            Map<Integer, String> texts,
            Map<Integer, List<String>> logprobs,
            Map<Integer, String> finishes,
            String usage) {

        int length() {
            return texts.values().stream().mapToInt(String::length).sum();
        }

        /** Whether this could be what was sent of {@code whole} before the connection broke. */
        boolean isBeginningOf(Content whole) {
            return texts.entrySet().stream()
                    .allMatch(text ->
                            whole.texts().getOrDefault(text.getKey(), "").startsWith(text.getValue()));
        }
    }

    /** The longest time between two events, with its bounds. */
    record Gap(long fromNanos, long toNanos) {
        long nanos() {
            return toNanos - fromNanos;
        }
    }

    /** The longest wait between two events. */
    Gap longestGap() {
        return longestGap(0, Long.MAX_VALUE);
    }

    /** The longest wait between two events that ends after one time and begins before another; of no length without. */
    Gap longestGap(long endsAfter, long beginsBefore) {
        Gap longest = new Gap(endsAfter, endsAfter);
        for (int i = 1; i < arrivals.length; i++) {
            boolean counts = arrivals[i] >= endsAfter && arrivals[i - 1] <= beginsBefore;
            if (counts && arrivals[i] - arrivals[i - 1] > longest.nanos()) {
                longest = new Gap(arrivals[i - 1], arrivals[i]);
            }
        }
        return longest;
    }

    boolean isRunningAt(long nanos) {
        return startNanos <= nanos && nanos <= endNanos;
    }
}
