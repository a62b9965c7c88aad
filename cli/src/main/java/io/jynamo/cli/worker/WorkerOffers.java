package io.jynamo.cli.worker;

import io.jynamo.cli.text.TextSide;
import io.jynamo.engine.Engine;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.ReplyParsers;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.Registration;
import io.jynamo.runtime.session.HostedWorker;
import io.jynamo.runtime.session.WorkerDescription;
import io.jynamo.runtime.session.WorkerServer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Workers offered to other processes: hosted for sessions and announced, each with its engine once it has one. */
final class WorkerOffers implements Offers {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final OptionalLong PID =
            OptionalLong.of(ProcessHandle.current().pid());

    /**
     * Where and as what they are announced.
     *
     * @param host where others reach the server
     * @param engine its kind, for people
     * @param taints labels of all of them
     * @param parsers of what their model answers
     */
    record Announcement(String namespace, String host, String engine, Set<String> taints, ReplyParsers parsers) {}

    private record Offer(HostedWorker hosted, Registration announced) {}

    private final WorkerServer server;
    private final Discovery discovery;
    private final Announcement announcement;
    private List<String> names = List.of();
    private volatile List<Offer> offers = List.of();
    private volatile List<Engine> engines = List.of();
    private volatile boolean leaving;

    WorkerOffers(WorkerServer server, Discovery discovery, Announcement announcement) {
        this.server = server;
        this.discovery = discovery;
        this.announcement = announcement;
    }

    @Override
    public synchronized void announce(List<String> given, int count) {
        requireStaying();
        if (!names.equals(given) || offers.size() > count) {
            withdraw();
        }
        names = List.copyOf(given);
        List<Offer> more = new ArrayList<>(offers);
        while (more.size() < count) {
            WorkerId id = freshId();
            HostedWorker hosted = server.host(WorkerDescription.loading(id, announcement.engine(), names, "")
                    .withTaints(announcement.taints()));
            var record = new InstanceRecord(
                    id, announcement.host(), server.address().getPort(), announcement.engine(), names, PID);
            more.add(new Offer(hosted, discovery.publish(record.entry(announcement.namespace()))));
            offers = List.copyOf(more);
        }
    }

    private void requireStaying() {
        if (leaving) {
            throw new JynamoException(ErrorCode.NOT_READY, "this process is stopping");
        }
    }

    @Override
    public List<WorkerId> ids() {
        return offers.stream().map(offer -> offer.hosted().id()).toList();
    }

    /** Those offered now. */
    List<HostedWorker> hosted() {
        return offers.stream().map(Offer::hosted).toList();
    }

    @Override
    public synchronized void loading(String progress) {
        for (Offer offer : offers) {
            if (offer.hosted().description().state() == WorkerState.LOADING) {
                offer.hosted().loading(progress);
            }
        }
    }

    @Override
    public synchronized void ready(List<? extends Engine> started, TextSide text) {
        requireStaying();
        engines = List.copyOf(started);
        for (int i = 0; i < offers.size(); i++) {
            Engine engine = started.get(i);
            offers.get(i).hosted().ready(engine, engine.card().withParsers(announcement.parsers()), text.files());
        }
    }

    @Override
    public synchronized void follow(boolean usable) {
        for (int i = 0; i < engines.size() && i < offers.size() && !leaving; i++) {
            HostedWorker hosted = offers.get(i).hosted();
            WorkerState said = hosted.description().state();
            WorkerState is =
                    usable && engines.get(i).state() == WorkerState.READY ? WorkerState.READY : WorkerState.UNREACHABLE;
            if ((said == WorkerState.READY || said == WorkerState.UNREACHABLE) && said != is) {
                hosted.become(is);
            }
            hosted.adapters(engines.get(i).adapters());
        }
    }

    @Override
    public List<Engine> engines() {
        return engines;
    }

    /** Gives them no more requests; what runs goes on. */
    synchronized void drain() {
        leaving = true;
        offers.forEach(offer -> offer.hosted().become(WorkerState.DRAINING));
        offers.forEach(offer -> offer.announced().close());
    }

    @Override
    public synchronized void withdraw() {
        engines = List.of();
        for (Offer offer : offers) {
            offer.announced().close();
            offer.hosted().become(WorkerState.GONE);
            server.withdraw(offer.hosted());
        }
        offers = List.of();
    }

    /** Another with each start, so that nobody takes a restarted worker for the one that held the KV blocks. */
    private static WorkerId freshId() {
        return new WorkerId(RANDOM.nextLong(1, Long.MAX_VALUE));
    }
}
