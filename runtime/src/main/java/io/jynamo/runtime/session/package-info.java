/**
 * Sessions of {@code jynamo.worker.v1}: {@link io.jynamo.runtime.session.WorkerServer} offers the workers of a process,
 * {@link io.jynamo.runtime.session.RemoteWorker} is one of them as another process holds it. docs/wire.md is their
 * contract.
 */
@NullMarked
package io.jynamo.runtime.session;

import org.jspecify.annotations.NullMarked;
