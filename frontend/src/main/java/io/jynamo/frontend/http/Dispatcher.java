package io.jynamo.frontend.http;

/** Decides from a request's head alone who answers it, before any of its body is read. */
public interface Dispatcher {
    Verdict accept(RequestHead head);

    /** Whether connections may be kept for further requests. */
    boolean keepsConnections();

    /** How whoever sent a request is told that it failed. */
    ErrorForm errors(RequestHead head);

    /** Who answers. */
    sealed interface Verdict {
        /** The endpoint answers once the body is there. */
        record Take(Endpoint endpoint, boolean readsBody) implements Verdict {}

        /** This is the answer; the body is dropped. */
        record Refuse(Answer answer) implements Verdict {}
    }
}
