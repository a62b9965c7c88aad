package io.jynamo.frontend.http;

/** What answers the requests of one path and method. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers, now or later. Called on the connection's event loop with the body whole, so it must not block; heavier
     * work goes elsewhere and comes back through the exchange.
     */
    void handle(Exchange exchange);
}
