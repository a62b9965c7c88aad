package io.jynamo.cli.worker;

import io.jynamo.engine.Engine;
import java.util.List;

/**
 * The workers of one model in this process.
 *
 * @param weights what they share; closed after them
 */
public record Workers(List<Engine> engines, Runnable weights) implements AutoCloseable {
    public Workers {
        engines = List.copyOf(engines);
    }

    @Override
    public void close() {
        engines.forEach(Engine::close);
        weights.run();
    }
}
