package io.jynamo.protocol;

/**
 * How far a worker is.
 *
 * <table>
 * <caption>transitions</caption>
 * <tr><th>state</th><th>takes requests</th><th>goes to</th></tr>
 * <tr><td>LOADING</td><td>no</td><td>READY, GONE</td></tr>
 * <tr><td>READY</td><td>yes</td><td>DRAINING, UNREACHABLE, GONE</td></tr>
 * <tr><td>UNREACHABLE</td><td>no: it does not answer, and may again</td><td>LOADING, READY, DRAINING, GONE</td></tr>
 * <tr><td>DRAINING</td><td>no, it finishes what runs</td><td>UNREACHABLE, GONE</td></tr>
 * <tr><td>GONE</td><td>no</td><td>nothing</td></tr>
 * </table>
 */
public enum WorkerState {
    LOADING,
    READY,
    UNREACHABLE,
    DRAINING,
    GONE
}
