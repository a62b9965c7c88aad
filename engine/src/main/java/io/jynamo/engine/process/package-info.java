/**
 * Engine servers as processes of ours: {@code EngineProcess} launches one, watches it, tells why it died and starts it
 * again. Policy ({@code LastWords}, {@code RestartPolicy}, {@code EngineGroup}, {@code LmcacheSettings}) is pure.
 */
@NullMarked
package io.jynamo.engine.process;

import org.jspecify.annotations.NullMarked;
