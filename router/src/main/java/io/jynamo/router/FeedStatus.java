package io.jynamo.router;

/**
 * What has become of one worker's KV events.
 *
 * @param stored events of blocks stored that were taken into the index
 * @param removed of blocks removed
 * @param cleared of all blocks removed
 * @param drifts digests that showed another set of blocks than was told; each time the worker was read anew
 * @param behind events that the worker has told by its own account and that are not in the index yet
 * @param ageNanos everything the worker told so long ago is in the index, so far as no event was lost; 0 where events are
 *     told as they happen
 */
public record FeedStatus(long stored, long removed, long cleared, long drifts, long behind, long ageNanos) {
    public static final FeedStatus NONE = new FeedStatus(0, 0, 0, 0, 0, 0);
}
