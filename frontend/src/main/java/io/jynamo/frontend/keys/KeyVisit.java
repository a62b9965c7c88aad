package io.jynamo.frontend.keys;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The visit of a request where there are keys, or an audit log.
 *
 * <p>It is over when its connection is done with it and its run, if there was one, has ended: a stream that outlives its
 * connection holds its place until then. At that moment, once, the place is given back and the row is written.
 */
public final class KeyVisit implements Visit {
    /** Told of who left before there was a status. */
    private static final int CLIENT_GONE = 499;

    private static final int MOST_CLIENT_ID = 256;
    /** Clients may make up a path, and a method. */
    private static final int MOST_PATH = 512;

    private static final int MOST_METHOD = 32;

    private final Guest guest;
    private final KeyAccount account;
    private final KeyTerms terms;
    private final @Nullable String refusal;
    private final @Nullable StrangerRows rows;
    private final KeyClock clock;
    private final AuditSink audit;
    private final long arrivedMillis;
    private final Clip request;
    private final Clip answer;
    private long arrivedNanos;
    private String client = "";
    private boolean entered;
    private boolean limited;
    private boolean runs;
    private boolean settled;
    private boolean left;
    private boolean over;
    private KeyUse.Reservation reserved = KeyUse.Reservation.NONE;
    private RunFacts facts = RunFacts.NOTHING;
    private int status = CLIENT_GONE;
    private @Nullable String id;
    private @Nullable String model;
    private @Nullable ErrorCode error;

    /**
     * @param refusal why its key is not taken, or null
     * @param rows which of such are written down; null for all
     */
    KeyVisit(
            Guest guest,
            KeyAccount account,
            @Nullable String refusal,
            @Nullable StrangerRows rows,
            KeyClock clock,
            AuditSink audit) {
        this.guest = guest;
        this.account = account;
        this.terms = account.entry().terms();
        this.refusal = refusal;
        this.rows = rows;
        this.clock = clock;
        this.audit = audit;
        this.arrivedNanos = clock.nanos();
        this.arrivedMillis = clock.epochMillis();
        this.request = new Clip(audit.payloadBytes());
        this.answer = new Clip(audit.payloadBytes());
    }

    @Override
    public KeyTerms terms() {
        return terms;
    }

    /** Why the key that was shown is not taken, or null where it is. */
    public @Nullable String refusal() {
        return refusal;
    }

    /** Takes a place among the key's requests; returns what the client is told where there is none, or null. */
    public synchronized @Nullable JynamoException tryEnter() {
        return entered(account.tryEnter(clock.now()));
    }

    /** Takes a place that others leave free, for a request that nobody waits for. */
    public synchronized @Nullable JynamoException tryEnterBehind() {
        return entered(account.tryEnterBehind(clock.now()));
    }

    private @Nullable JynamoException entered(@Nullable Denial denial) {
        limited = true;
        if (denial != null) {
            return denial.exception(terms.name());
        }
        entered = true;
        return null;
    }

    @Override
    public synchronized void onClient(@Nullable SocketAddress address, long ageNanos) {
        arrivedNanos = clock.nanos() - ageNanos;
        if (address instanceof InetSocketAddress known && known.getAddress() != null) {
            client = known.getAddress().getHostAddress();
        }
    }

    @Override
    public synchronized void onBody(byte[] bytes, int count) {
        request.add(bytes, count);
    }

    @Override
    public synchronized void onRun() {
        runs = true;
    }

    @Override
    public synchronized void reserve(int promptTokens) {
        if (!settled) {
            reserved = account.reserve(promptTokens, clock.now());
        }
    }

    @Override
    public synchronized void onLaunch(String answerId, String answeringModel) {
        id = answerId;
        model = answeringModel;
    }

    @Override
    public synchronized void onFailure(ErrorCode why) {
        error = why;
    }

    @Override
    public synchronized void onRunEnd(RunFacts came) {
        if (!settled) {
            settled = true;
            facts = came;
            account.settle(reserved, came, clock.now());
        }
        runs = false;
        endIfOver();
    }

    @Override
    public synchronized void onAnswer(int told, BiConsumer<String, String> headers) {
        status = told;
        if (limited) {
            account.writeHeaders(clock.now(), headers);
        }
    }

    @Override
    public void onWritten(byte[] bytes, int count) {
        if (audit.payloadBytes() > 0) { // asked first, for a stream says this for every few tokens
            synchronized (this) {
                answer.add(bytes, count);
            }
        }
    }

    @Override
    public synchronized void onOver() {
        left = true;
        endIfOver();
    }

    private void endIfOver() {
        if (over || !left || runs) {
            return;
        }
        over = true;
        if (entered) {
            account.leave();
        }
        if (audit.isOn()) {
            long leftOut = rows == null ? 0 : rows.onRow(clock.nanos());
            if (leftOut != StrangerRows.LEFT_OUT) {
                audit.offer(row(leftOut));
            }
        }
    }

    private static String clip(String given, int most) {
        return given.length() <= most ? given : given.substring(0, most);
    }

    private AuditRow row(long leftOut) {
        String given = guest.clientId();
        return new AuditRow(
                arrivedMillis,
                id,
                given == null ? null : clip(given, MOST_CLIENT_ID),
                terms.name(),
                terms.tenant(null),
                model,
                clip(guest.method(), MOST_METHOD),
                clip(guest.path(), MOST_PATH),
                status,
                error == null ? null : error.id(),
                facts,
                clock.nanos() - arrivedNanos,
                client,
                request.bytes(),
                answer.bytes(),
                leftOut);
    }
}
