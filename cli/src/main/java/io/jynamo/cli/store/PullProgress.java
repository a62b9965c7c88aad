package io.jynamo.cli.store;

/** Hears how a pull gets on. Called from the thread that pulls. */
public interface PullProgress {
    /** Hears nothing. */
    PullProgress SILENT = new PullProgress() {
        @Override
        public void at(String what, long doneBytes, long totalBytes) {}

        @Override
        public void note(String line) {}
    };

    /**
     * So far.
     *
     * @param what the file or package in hand
     * @param doneBytes of it that are here, those of an earlier try included; equal to the total exactly once, at its end
     * @param totalBytes of it; -1 where nobody knows
     */
    void at(String what, long doneBytes, long totalBytes);

    /** Something worth a line: a retry, a check, a file that was already here. */
    void note(String line);
}
