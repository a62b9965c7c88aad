package io.jynamo.frontend.generate;

import java.time.Duration;

/** What a run needs of the service it belongs to. */
interface RunHost {
    /** Longest a request may take. */
    Duration timeLimit();

    /** Workers a request may lose and still go on. */
    int migrationLimit();

    /** Whether the budget of all requests together has another try for one of them; takes it if so. */
    boolean tryRetry();

    /** How long a stream that lost its worker waits for another. */
    Duration migrationPatience();

    /** Looks for a worker off the event loop; tells the run {@link Run#onPlaced} or {@link Run#onNotPlaced} on it. */
    void place(Run run, Prepared prepared, Move move);

    /** Second workers of requests whose first is slow. */
    Hedges hedges();

    /** A request gave its place to others. */
    void onGaveWay();

    /** Silence after which a comment is sent on a stream. */
    long keepAliveNanos();

    /** A run ended, well or not; told once. */
    void onRunEnd(Run run);

    /** A client left before its answer was whole. */
    void onDisconnect();

    /** The server was closed under a run. */
    void onClosed();

    /** Something failed that should not. */
    void onDefect(Throwable failure);
}
