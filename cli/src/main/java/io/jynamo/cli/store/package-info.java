/**
 * The local cache of models, and pulling models into it.
 *
 * <p>{@link io.jynamo.cli.store.ModelStore} is the whole API: {@code resolve} finds what a user's word for a model means on this disk, {@code pull}
 * brings it here, {@code list} describes what is here. A word is parsed by {@link io.jynamo.cli.store.ModelSpec}: a path, an alias of the {@link
 * io.jynamo.cli.store.Catalogue}, or {@code hf:org/name}. Who calls {@code pull} passes a {@link io.jynamo.cli.store.PullProgress} ({@link
 * io.jynamo.cli.store.ConsoleProgress} draws a bar) and a {@link io.jynamo.cli.store.LicenceConsent}, asked before anything is fetched where terms must be
 * accepted.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A folder directly under the cache is a whole model: every file was checked against its digest before the folder was renamed there. Whoever
 *       sees it may use it without asking.
 *   <li>Everything unfinished is under {@code .pulling}, which may be deleted at any time that nothing pulls.
 *   <li>A pull that dies at any moment, by {@code kill -9} too, leaves what it had; the same pull goes on from there.
 *   <li>One process at a time pulls a model: the operating system's file lock says so and dies with the process.
 *   <li>A credential goes to the endpoint it was given for and to no host that this one redirects to.
 *   <li>Every wait and retry is bounded, and every failure says what to do.
 * </ol>
 */
@NullMarked
package io.jynamo.cli.store;

import org.jspecify.annotations.NullMarked;
