package io.jynamo.engine.attached;

import io.jynamo.protocol.GenerationRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What whoever holds a request wants of it: its end, the end of some choices, credit. Left by any thread, read by the one
 * that reads the engine's answer, which waits here when a choice has used its credit.
 */
final class Wishes {
    private final long[] credit;
    private final boolean[] unwanted;
    private final boolean[] finished;
    private boolean anyUnwanted;
    private @Nullable Ending ending;

    Wishes(int choices, int firstCredit) {
        credit = new long[choices];
        Arrays.fill(credit, firstCredit);
        unwanted = new boolean[choices];
        finished = new boolean[choices];
    }

    /** Ends the request; false if it had been ended before. */
    synchronized boolean end(Ending why) {
        if (ending != null) {
            return false;
        }
        ending = why;
        notifyAll();
        return true;
    }

    synchronized @Nullable Ending ending() {
        return ending;
    }

    /** Wants no more of one choice; true if that leaves none. */
    synchronized boolean drop(int choice) {
        if (choice < 0 || choice >= unwanted.length) {
            throw new IllegalArgumentException("the request has " + unwanted.length + " choices, not " + choice);
        }
        unwanted[choice] = true;
        anyUnwanted = true;
        notifyAll();
        for (int c = 0; c < unwanted.length; c++) {
            if (!unwanted[c] && !finished[c]) {
                return false;
            }
        }
        return true;
    }

    synchronized void grant(int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("credit cannot be taken back: " + tokens);
        }
        for (int c = 0; c < credit.length; c++) {
            credit[c] = Math.min(GenerationRequest.UNLIMITED_CREDIT, credit[c] + tokens);
        }
        notifyAll();
    }

    /** A choice came to its end; false if it had before. */
    synchronized boolean finish(int choice) {
        boolean first = !finished[choice];
        finished[choice] = true;
        return first;
    }

    synchronized boolean isFinished(int choice) {
        return finished[choice];
    }

    synchronized boolean allFinished() {
        for (boolean one : finished) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    /** Whether a choice nobody wants has not been told its end. */
    synchronized boolean isDropped(int choice) {
        return anyUnwanted && unwanted[choice] && !finished[choice];
    }

    /** Takes credit for at most {@code tokens} tokens, at least for one; waits for it. 0 if nobody wants them any more. */
    synchronized int take(int choice, int tokens) throws InterruptedException {
        while (ending == null && !unwanted[choice]) {
            if (credit[choice] > 0) {
                int taken = (int) Math.min(tokens, credit[choice]);
                if (credit[choice] != GenerationRequest.UNLIMITED_CREDIT) {
                    credit[choice] -= taken;
                }
                return taken;
            }
            wait();
        }
        return 0;
    }
}
