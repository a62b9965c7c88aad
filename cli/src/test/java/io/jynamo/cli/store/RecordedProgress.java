package io.jynamo.cli.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it heard, and holds that bytes never run backwards within a file's transfer nor past its end. */
final class RecordedProgress implements PullProgress {
    final List<String> notes = new CopyOnWriteArrayList<>();
    final List<String> finished = new CopyOnWriteArrayList<>();

    @Override
    public void at(String what, long doneBytes, long totalBytes) {
        if (totalBytes >= 0 && doneBytes > totalBytes) {
            throw new AssertionError(what + " at " + doneBytes + " of " + totalBytes);
        }
        if (doneBytes == totalBytes) {
            finished.add(what);
        }
    }

    @Override
    public void note(String line) {
        notes.add(line);
    }
}
