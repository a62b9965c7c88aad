package io.jynamo.frontend.fleet;

import io.jynamo.protocol.WorkerState;
import java.util.Locale;

/**
 * How far a worker is, as a frontend sees it.
 *
 * <table>
 * <caption>what shows which</caption>
 * <tr><th>state</th><th>when</th></tr>
 * <tr><td>LOADING</td><td>it has not been ready yet</td></tr>
 * <tr><td>READY</td><td>it is given requests</td></tr>
 * <tr><td>SUSPENDED</td><td>it failed or fell silent, and is probed until it answers</td></tr>
 * <tr><td>DRAINING</td><td>it takes nothing new; or it is announced no more and streams of it still run</td></tr>
 * <tr><td>GONE</td><td>it cannot be reached, or is announced no more and nothing of it runs</td></tr>
 * </table>
 */
enum FleetState {
    LOADING,
    READY,
    SUSPENDED,
    DRAINING,
    GONE;

    static FleetState of(WorkerState told, boolean suspended) {
        return switch (told) {
            case LOADING -> LOADING;
            case READY -> suspended ? SUSPENDED : READY;
            case DRAINING -> DRAINING;
            case UNREACHABLE, GONE -> GONE;
        };
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
