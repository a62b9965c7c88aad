/**
 * {@code jynamo up}: graphs of processes on this machine. A graph's file is read and checked here, its supervisor started,
 * and told what to do.
 *
 * <p>A supervisor listens on the UNIX socket {@code control.sock} in the graph's folder, which only its user can reach. A
 * connection carries one request, a line of JSON, and its answer, lines of JSON: any number of
 * {@code {"progress":"worker.1 ready"}}, then one {@code {"ok":true,"graph":{...}}} or
 * {@code {"error":"invalid_request","message":"..."}}, and is closed.
 *
 * <table>
 * <caption>requests</caption>
 * <tr><th>request</th><th>is answered when</th></tr>
 * <tr><td>{@code {"op":"status"}}</td><td>at once</td></tr>
 * <tr><td>{@code {"op":"scale","role":"worker","replicas":3}}</td><td>the role has so many ready, and the others are gone</td></tr>
 * <tr><td>{@code {"op":"restart","role":"worker"}}</td><td>each was started again and is ready</td></tr>
 * <tr><td>{@code {"op":"signal","pid":123,"signal":"KILL"}} or {@code "TERM"}</td><td>at once; only the graph's own</td></tr>
 * <tr><td>{@code {"op":"stop"}}</td><td>nothing of it runs any more</td></tr>
 * </table>
 */
@NullMarked
package io.jynamo.cli.graph;

import org.jspecify.annotations.NullMarked;
