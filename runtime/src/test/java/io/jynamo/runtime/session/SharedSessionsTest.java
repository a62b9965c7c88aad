package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose sessions a worker was given is told to all who listen but to those who gave them. */
class SharedSessionsTest {
    private static final long ID = 0x77;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private InetSocketAddress address = new InetSocketAddress(0);

    private <T extends AutoCloseable> T own(T resource) {
        opened.push(resource);
        return resource;
    }

    @BeforeEach
    void serve() {
        WorkerServer server = own(WorkerServer.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Credentials.NONE,
                SessionLimits.DEFAULT,
                own(new Transport(1))));
        server.host(WorkerDescription.loading(new WorkerId(ID), "test", List.of("counting"), ""))
                .ready(new CountingWorker(ID), List.of());
        address = server.address();
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private RemoteWorker connect(InetSocketAddress to) throws Exception {
        RemoteWorker worker = own(RemoteWorker.connect(
                new RemoteWorker.Target(new WorkerId(ID), to, Credentials.NONE),
                SessionLimits.DEFAULT,
                own(new Transport(1)),
                changed -> {}));
        Collected.await("it is ready", () -> worker.state() == WorkerState.READY);
        return worker;
    }

    private static List<SessionNews> listen(RemoteWorker worker) {
        List<SessionNews> heard = new CopyOnWriteArrayList<>();
        worker.listenToSessions(heard::add);
        return heard;
    }

    private static boolean endsWith(List<SessionNews> heard, Long... last) {
        List<Long> keys = keys(heard);
        return keys.size() >= last.length
                && keys.subList(keys.size() - last.length, keys.size()).equals(List.of(last));
    }

    private static List<Long> keys(List<SessionNews> heard) {
        return heard.stream().map(SessionNews::session).toList();
    }

    @Test
    void othersAreToldAndWhoGaveItIsNot() throws Exception {
        RemoteWorker one = connect(address);
        RemoteWorker other = connect(address);
        List<SessionNews> byOne = listen(one);
        List<SessionNews> byOther = listen(other);
        one.tellOthers(7);
        one.tellOthers(-8);
        Collected.await("both are told", () -> byOther.size() == 2);
        assertThat(keys(byOther)).containsExactly(7L, -8L);
        other.tellOthers(7);
        Collected.await("it goes on with somebody else", () -> byOne.size() == 1);
        assertThat(keys(byOne)).containsExactly(7L);
        one.tellOthers(7);
        Collected.await("and comes back", () -> byOther.size() == 3);
        assertThat(keys(byOther)).containsExactly(7L, -8L, 7L);
        assertThat(byOne).hasSize(1);
    }

    @Test
    void whoComesLaterOrComesBackIsToldWhatWas() throws Exception {
        RemoteWorker one = connect(address);
        List<SessionNews> byOne = listen(one);
        Relay relay = own(new Relay(address));
        RemoteWorker late = connect(relay.address());
        one.tellOthers(1);
        one.tellOthers(2);
        one.tellOthers(1);
        List<SessionNews> byLate = listen(late);
        Collected.await("the last of each", () -> endsWith(byLate, 2L, 1L));
        relay.cut();
        Collected.await("it is cut off", () -> late.state() == WorkerState.UNREACHABLE);
        one.tellOthers(3);
        Collected.await("it is told again, from the first on", () -> endsWith(byLate, 2L, 1L, 3L));
        assertThat(byOne).isEmpty();
    }

    @Test
    void manyAtOnceAreTold() throws Exception {
        RemoteWorker one = connect(address);
        LongStream.range(0, SessionMarks.MOST + 10L).forEach(one::tellOthers);
        RemoteWorker other = connect(address);
        List<SessionNews> heard = listen(other);
        Collected.await("the newest", () -> keys(heard).contains(SessionMarks.MOST + 9L));
        assertThat(one.state()).isEqualTo(WorkerState.READY);
        assertThat(other.state()).isEqualTo(WorkerState.READY);
    }

    @Test
    void marksAreBounded() {
        SessionMarks marks = new SessionMarks();
        LoadShares shares = new LoadShares();
        LoadShares.Share one = shares.join(() -> {});
        LoadShares.Share other = shares.join(() -> {});
        for (long key = 0; key < SessionMarks.MOST + 10L; key++) {
            marks.mark(key, one, key);
        }
        SessionMarks.News all = marks.since(0, other, Integer.MAX_VALUE, SessionMarks.MOST + 10L);
        assertThat(all.sessions()).hasSize(SessionMarks.MOST);
        assertThat(all.sessions().getFirst()).isEqualTo(new SessionNews(10, SessionMarks.MOST));
        assertThat(marks.since(all.upTo(), other, 100, 0).sessions()).isEmpty();
        assertThat(marks.since(0, one, 100, 0).sessions()).isEmpty();
        assertThat(marks.since(0, other, 2, SessionMarks.MOST + 10L).sessions())
                .extracting(SessionNews::session)
                .containsExactly(SessionMarks.MOST + 8L, SessionMarks.MOST + 9L);
    }
}
