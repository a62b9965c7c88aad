package io.jynamo.engine.attached;

import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineBehaviour;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;

/**
 * The behaviour of an engine that is joined by URL, through a server that either takes down what a real engine answers or
 * gives what one answered before.
 */
public abstract class AttachedBehaviour extends EngineBehaviour {
    /** One for each test: a killed one stays dead. */
    private FakeServer server = new FakeServer((call, reply) -> {});

    /** A server in front of the engine, or in its stead. */
    protected abstract FakeServer server() throws IOException;

    /** Joins it. */
    protected abstract Engine attach(AttachOptions options);

    @Override
    protected final Engine create() {
        try {
            server.close();
            server = server();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return attach(AttachOptions.of(server.url()));
    }

    @Override
    protected final void kill(Engine engine) {
        server.kill();
    }

    @AfterEach
    final void closeServer() {
        server.close();
    }

    /** Keeps what was taken down where the suite was asked to. */
    protected static void save(Recording recording, String engine) throws IOException {
        if ("write".equals(System.getProperty("jynamo.recorded"))) {
            recording.save(engine);
        }
    }
}
