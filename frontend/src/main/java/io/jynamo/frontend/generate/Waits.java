package io.jynamo.frontend.generate;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** The threads on which a run waits for workers; they are interrupted when it ends. Any thread. */
final class Waits {
    private final List<Future<?>> waits = new ArrayList<>(0);
    private boolean ended;

    /** @throws JynamoException NOT_READY when the server stops */
    synchronized void enter(WaitingRoom room, Runnable work) {
        if (ended) {
            return;
        }
        waits.removeIf(Future::isDone);
        try {
            waits.add(room.enter(work));
        } catch (RejectedExecutionException closed) {
            throw new JynamoException(ErrorCode.NOT_READY, "the server is stopping", closed);
        }
    }

    /** Nobody waits any more, nor begins to. */
    synchronized void end() {
        ended = true;
        waits.forEach(wait -> wait.cancel(true));
        waits.clear();
    }
}
