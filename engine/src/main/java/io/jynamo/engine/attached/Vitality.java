package io.jynamo.engine.attached;

import io.jynamo.protocol.WorkerState;

/**
 * Whether an engine counts as alive, from what was seen of it. A health page alone is not believed: engines that answer no
 * request any more have been seen to call themselves healthy.
 *
 * <table>
 * <caption>transitions</caption>
 * <tr><th>from</th><th>on</th><th>to</th></tr>
 * <tr><td>any</td><td>tokens</td><td>ALIVE</td></tr>
 * <tr><td>ALIVE</td><td>a connection lost, or two bad health pages in a row</td><td>GONE</td></tr>
 * <tr><td>ALIVE, GONE</td><td>silence in the middle of an answer</td><td>SILENT</td></tr>
 * <tr><td>GONE</td><td>a good health page</td><td>ALIVE</td></tr>
 * <tr><td>SILENT</td><td>a lost connection or bad health page</td><td>SILENT: only tokens prove the contrary</td></tr>
 * </table>
 */
final class Vitality {
    private static final int BAD_PAGES = 2;

    private enum Sight {
        ALIVE,
        GONE,
        SILENT
    }

    private Sight sight = Sight.ALIVE;
    private int badPages;

    synchronized void onTokens() {
        sight = Sight.ALIVE;
        badPages = 0;
    }

    synchronized void onLost() {
        if (sight == Sight.ALIVE) {
            sight = Sight.GONE;
        }
    }

    synchronized void onSilence() {
        sight = Sight.SILENT;
    }

    synchronized void onHealth(boolean good) {
        badPages = good ? 0 : badPages + 1;
        if (good && sight == Sight.GONE) {
            sight = Sight.ALIVE;
        } else if (badPages >= BAD_PAGES) {
            onLost();
        }
    }

    /** Whether only a real generation can tell whether it lives. */
    synchronized boolean wantsCanary() {
        return sight == Sight.SILENT;
    }

    synchronized WorkerState state() {
        return sight == Sight.ALIVE ? WorkerState.READY : WorkerState.UNREACHABLE;
    }
}
