package io.jynamo.frontend.admin;

import io.jynamo.frontend.http.Answer;

/** What an {@link AdminServer} shows and lets drain. Each method may take some milliseconds, and is called by one thread. */
public interface AdminSubject {
    /** 200 while it takes requests, 503 while it does not, with a body that says why. */
    Answer health();

    /** The page that Prometheus reads. */
    Answer metrics();

    /** Takes no new requests from now on, and lets those that run end; returns at once. Idempotent. */
    Answer drain();
}
