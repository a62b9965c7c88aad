package io.jynamo.engine.attached;

import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.WorkerLoad;
import java.util.Optional;

/**
 * How busy an engine is, from what it last said and what was started or ended here since: its own figures are as old as the
 * last poll, and include the requests of others.
 */
final class LoadView {
    private final int maxSequences;
    private final int blockTokens;
    private final int totalBlocks;
    private int open;
    private long prefillTokens;
    private long heldTokens;
    private Optional<LoadSample> sample = Optional.empty();
    private int openAtSample;
    private long heldAtSample;

    LoadView(ModelCard card) {
        maxSequences = card.maxSequences();
        blockTokens = card.blockTokens();
        totalBlocks = card.totalBlocks();
    }

    /** A request was sent. */
    synchronized void onStart(int promptTokens) {
        open++;
        prefillTokens += promptTokens;
        heldTokens += promptTokens;
    }

    /** Its prompt is computed. */
    synchronized void onPrompt(int promptTokens) {
        prefillTokens -= promptTokens;
    }

    /** It ended. */
    synchronized void onEnd(int promptTokens, boolean prompted) {
        open--;
        heldTokens -= promptTokens;
        if (!prompted) {
            onPrompt(promptTokens);
        }
    }

    /** The engine said this; empty where it could not be asked. */
    synchronized void onSample(Optional<LoadSample> told) {
        sample = told;
        openAtSample = open;
        heldAtSample = heldTokens;
    }

    synchronized int open() {
        return open;
    }

    synchronized WorkerLoad load() {
        if (sample.isEmpty()) {
            int running = Math.min(open, maxSequences);
            return new WorkerLoad(running, open - running, prefillTokens, blocks(heldTokens), totalBlocks);
        }
        LoadSample told = sample.get();
        int requests = Math.max(open, told.running() + told.waiting() + open - openAtSample);
        // Ended ones leave the queue first: it is what makes a worker look full when it is not any more.
        int waiting = Math.clamp(told.waiting() + (long) Math.min(0, open - openAtSample), 0, requests);
        int running = Math.min(requests - waiting, Math.max(maxSequences, told.running()));
        int used = told.usedShare() < 0
                ? blocks(heldTokens)
                : (int) Math.round(told.usedShare() * totalBlocks) + blocks(heldTokens) - blocks(heldAtSample);
        return new WorkerLoad(
                running, requests - running, prefillTokens, Math.clamp(used, 0, totalBlocks), totalBlocks);
    }

    private int blocks(long tokens) {
        return blockTokens < 1 ? 0 : (int) Math.min(totalBlocks, (tokens + blockTokens - 1) / blockTokens);
    }
}
