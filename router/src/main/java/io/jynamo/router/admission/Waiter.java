package io.jynamo.router.admission;

import io.jynamo.router.Router;
import java.util.concurrent.locks.Condition;

/** A thread that waits in the line. Everything that changes is guarded by the router's lock. */
final class Waiter {
    final Entrant entrant;
    final Router.Request request;
    final int cachedTokens;
    /** Told when it may try, when the router closes. */
    final Condition news;
    /** Room came while it tried. */
    boolean missedRoom;
    /** Since when no worker can be reached; -1 while some can. */
    long unreachableNanos = -1;
    /** It had somebody told to give way; it does so once. */
    boolean madeWay;

    Waiter(Entrant entrant, Router.Request request, int cachedTokens, Condition news) {
        this.entrant = entrant;
        this.request = request;
        this.cachedTokens = cachedTokens;
        this.news = news;
    }
}
