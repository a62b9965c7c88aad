/**
 * The shell around the scheduler core that every engine of ours shares: one step-loop thread, its mailbox, sinks,
 * subscribers, drain and close. Holds no policy.
 */
@NullMarked
package io.jynamo.engine.loop;

import org.jspecify.annotations.NullMarked;
