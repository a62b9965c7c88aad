package io.jynamo.cli.ask;

/** A server's error answer, in its words. */
final class ServerRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    ServerRefusal(String message) {
        super(message);
    }
}
