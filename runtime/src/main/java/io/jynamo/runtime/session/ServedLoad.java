package io.jynamo.runtime.session;

import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.runtime.wire.CardMessages;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.SessionMessages;
import io.jynamo.runtime.wire.v1.Load;
import io.jynamo.runtime.wire.v1.Sessions;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What one client has given a worker, and what it is told of the others: their load, and which sessions they gave it. On the
 * connection's event loop, but for being told that others changed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
final class ServedLoad {
    private static final System.Logger LOG = System.getLogger(ServedLoad.class.getName());

    /** Between two tellings of what others gave the worker; a choice made by an older one is made with these in mind. */
    private static final long LOAD_MILLIS = 20;

    private final Channel connected;
    private final HostedWorker worker;
    private final AtomicBoolean due = new AtomicBoolean();
    private final LoadShares.Share share;
    private boolean left;
    private boolean listens;
    /** The number of the last mark that the client knows of. */
    private long toldMarks;

    /** Joins those who give the worker something. */
    ServedLoad(Channel connected, HostedWorker worker) {
        this.connected = connected;
        this.worker = worker;
        this.share = worker.shares().join(this::tellSoon);
    }

    /** What it has given. */
    LoadShares.Share share() {
        return share;
    }

    /** How busy the worker is, by this client and by others; null while it loads. */
    @Nullable
    Load now() {
        Worker running = worker.worker();
        if (running == null) {
            return null;
        }
        WorkerLoad load = running.load();
        return CardMessages.message(load, share.others(load.waitingPrefillTokens()));
    }

    /** It gave the worker requests of those sessions, or wants to be told those of others. */
    void onSessions(Sessions given) {
        if (given.getListen()) {
            listens = true;
            toldMarks = 0;
            tellSessions();
        }
        if (given.getKeysCount() > 0) {
            long nanos = System.nanoTime();
            SessionMessages.news(given).forEach(one -> worker.marks().mark(one.session(), share, nanos));
            share.changed();
        }
    }

    /** Tells it the sessions that others gave the worker, as far as it does not know. */
    private void tellSessions() {
        SessionMarks.News news = worker.marks().since(toldMarks, share, SessionMessages.MOST, System.nanoTime());
        toldMarks = news.upTo();
        if (!news.sessions().isEmpty()) {
            send(WorkerFrame.newBuilder().setSessions(SessionMessages.message(news.sessions())));
        }
    }

    /** What others gave the worker has changed: says so once within a while, however often it changes. */
    private void tellSoon() {
        if (due.compareAndSet(false, true)) {
            try {
                var _ = connected.eventLoop().schedule(this::tell, LOAD_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                LOG.log(System.Logger.Level.DEBUG, "a load came after the event loop had stopped", stopping);
            }
        }
    }

    private void tell() {
        due.set(false);
        Load load = now();
        if (!left && load != null && connected.isWritable()) {
            send(WorkerFrame.newBuilder().setLoad(load));
            if (listens) {
                tellSessions();
            }
        }
    }

    /** The client is gone, and its share with it. */
    void leave() {
        left = true;
        share.leave();
    }

    private void send(WorkerFrame.Builder frame) {
        connected.writeAndFlush(Frames.encode(connected.alloc(), frame.build()));
    }
}
