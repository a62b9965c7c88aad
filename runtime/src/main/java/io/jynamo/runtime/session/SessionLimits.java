package io.jynamo.runtime.session;

import java.time.Duration;

/**
 * What a session may take, in bytes, in requests and in time.
 *
 * @param maxFrame bytes of one message once the session is open
 * @param maxStreams requests of one session at one time
 * @param maxSessions connections that a process with workers has at one time
 * @param opening until connection and handshake are through
 * @param busyProbe silence after which a worker with requests is asked whether it lives
 * @param busySilence silence after which a worker with requests is given up; they end with WORKER_LOST
 * @param idleProbe the same without requests
 * @param idleSilence the same without requests
 * @param clientSilence silence after which a worker takes its client for gone
 * @param cancelling until a cancelled request must have ended, whatever the worker says
 * @param firstRetry until the first try to reach a lost worker again
 * @param lastRetry between tries once several have failed
 */
public record SessionLimits(
        int maxFrame,
        int maxStreams,
        int maxSessions,
        Duration opening,
        Duration busyProbe,
        Duration busySilence,
        Duration idleProbe,
        Duration idleSilence,
        Duration clientSilence,
        Duration cancelling,
        Duration firstRetry,
        Duration lastRetry) {

    /** Lost within 0.7 s while it works, within 3 s while it idles; probed every second from then on. */
    public static final SessionLimits DEFAULT = new SessionLimits(
            64 << 20,
            65_536,
            65_536,
            Duration.ofSeconds(3),
            Duration.ofMillis(200),
            Duration.ofMillis(600),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofSeconds(1));

    public SessionLimits {
        if (maxFrame < 1024 || maxStreams < 1 || maxSessions < 1) {
            throw new IllegalArgumentException(
                    "a session needs frames of 1024 bytes and one stream at least, and a process one session");
        }
        if (busySilence.compareTo(busyProbe) <= 0 || idleSilence.compareTo(idleProbe) <= 0) {
            throw new IllegalArgumentException("a worker must be asked before it is given up: probe " + busyProbe
                    + " of " + busySilence + ", idle " + idleProbe + " of " + idleSilence);
        }
    }

    /** The same with another patience with a worker that has requests; it is asked after a third of it. */
    public SessionLimits withBusySilence(Duration silence) {
        return new SessionLimits(
                maxFrame,
                maxStreams,
                maxSessions,
                opening,
                silence.dividedBy(3),
                silence,
                idleProbe,
                idleSilence,
                clientSilence,
                cancelling,
                firstRetry,
                lastRetry);
    }

    /** The same with other times between tries. */
    public SessionLimits withRetries(Duration first, Duration last) {
        return new SessionLimits(
                maxFrame,
                maxStreams,
                maxSessions,
                opening,
                busyProbe,
                busySilence,
                idleProbe,
                idleSilence,
                clientSilence,
                cancelling,
                first,
                last);
    }
}
