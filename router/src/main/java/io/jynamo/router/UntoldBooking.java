package io.jynamo.router;

/** A booking on a worker that does not tell its blocks: its answer says whether it still had what it was given before. */
final class UntoldBooking extends BookingOver {
    private final UntoldCache cache;
    private final Expected expected;

    /**
     * What of the prompt the worker may have.
     *
     * @param prompt tokens of all of it
     * @param given tokens that it was given before
     * @param ageNanos how long ago, or negative where that is not known
     * @param likely tokens that it is expected to have of those
     */
    record Expected(int prompt, int given, long ageNanos, int likely) {}

    UntoldBooking(Placement.Booking booking, UntoldCache cache, Expected expected) {
        super(booking);
        this.cache = cache;
        this.expected = expected;
    }

    @Override
    public void onCached(int tokens) {
        if (expected.given > 0 && expected.ageNanos >= 0) {
            double found = Math.min(1, (double) tokens / expected.given);
            cache.see(expected.ageNanos, (double) expected.given / expected.prompt, found);
        }
        super.onCached(cache.counts() ? tokens : expected.likely);
    }
}
