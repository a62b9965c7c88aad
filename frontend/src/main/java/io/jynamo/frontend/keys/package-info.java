/**
 * API keys: who may ask for what, how much, and what is written down of it.
 *
 * <p>Values and cores ({@link io.jynamo.frontend.keys.TokenBucket}, {@link io.jynamo.frontend.keys.DayBudget}, {@link
 * io.jynamo.frontend.keys.KeyUse}) take time as a parameter; {@link io.jynamo.frontend.keys.KeyFileWatch} and {@link
 * io.jynamo.frontend.keys.AuditLog} are the shells.
 */
@NullMarked
package io.jynamo.frontend.keys;

import org.jspecify.annotations.NullMarked;
