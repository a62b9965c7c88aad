package io.jynamo.engine.kvfeed;

/**
 * What came of an engine's KV events so far.
 *
 * @param batches messages applied
 * @param events events told to subscribers
 * @param gaps times that messages were missing
 * @param replayed messages that came by replay
 * @param resets times that held blocks were forgotten because their fate was unknown
 * @param restarts times that the engine was found to be a new one
 * @param malformed messages that could not be read
 * @param otherRank messages of another data-parallel rank than the one asked for
 * @param omissions what of the readable messages was left out
 * @param duplicates events that stored a block which was there
 * @param orphans events whose blocks follow one that is not known
 * @param incomplete whether blocks are missing until the engine tells everything anew
 */
public record KvFeedCounts(
        long batches,
        long events,
        long gaps,
        long replayed,
        long resets,
        long restarts,
        long malformed,
        long otherRank,
        KvEventTranslator.Omissions omissions,
        long duplicates,
        long orphans,
        boolean incomplete) {}
