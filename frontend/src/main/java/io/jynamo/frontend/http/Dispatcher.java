package io.jynamo.frontend.http;

import io.jynamo.frontend.keys.Visit;

/** Decides from a request's head alone who answers it, before any of its body is read. */
public interface Dispatcher {
    Verdict accept(RequestHead head);

    /** Whether connections may be kept for further requests. */
    boolean keepsConnections();

    /** How whoever sent a request is told that it failed. */
    ErrorForm errors(RequestHead head);

    /** Who answers. */
    sealed interface Verdict {
        /** What is kept of the request until its end. */
        Visit visit();

        /** The endpoint answers once the body is there. */
        record Take(Endpoint endpoint, boolean readsBody, Visit visit) implements Verdict {
            /** Where nothing is kept. */
            public Take(Endpoint endpoint, boolean readsBody) {
                this(endpoint, readsBody, Visit.NONE);
            }
        }

        /** This is the answer; the body is dropped. */
        record Refuse(Answer answer, Visit visit) implements Verdict {
            /** Where nothing is kept. */
            public Refuse(Answer answer) {
                this(answer, Visit.NONE);
            }
        }
    }
}
