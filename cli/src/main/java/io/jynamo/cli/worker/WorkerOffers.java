package io.jynamo.cli.worker;

import io.jynamo.engine.Engine;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.Registration;
import io.jynamo.runtime.session.HostedWorker;
import io.jynamo.runtime.session.TextContent;
import io.jynamo.runtime.session.WorkerDescription;
import io.jynamo.runtime.session.WorkerServer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The workers that a process offers now: hosted for sessions and announced to others, each with its engine once it has one. */
final class WorkerOffers implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final OptionalLong PID =
            OptionalLong.of(ProcessHandle.current().pid());

    /**
     * Where and as what they are announced.
     *
     * @param host where others reach the server
     * @param engine its kind, for people
     */
    record Announcement(String namespace, String host, String engine) {}

    private record Offer(HostedWorker hosted, Registration announced) {}

    private final WorkerServer server;
    private final Discovery discovery;
    private final Announcement announcement;
    private volatile List<Offer> offers = List.of();
    private volatile List<Engine> engines = List.of();
    private volatile boolean leaving;

    WorkerOffers(WorkerServer server, Discovery discovery, Announcement announcement) {
        this.server = server;
        this.discovery = discovery;
        this.announcement = announcement;
    }

    /** Announces so many more, which load. */
    synchronized void announce(List<String> names, int count) {
        if (leaving) {
            throw new JynamoException(ErrorCode.NOT_READY, "this process is stopping");
        }
        List<Offer> more = new ArrayList<>(offers);
        for (int i = 0; i < count; i++) {
            WorkerId id = freshId();
            HostedWorker hosted = server.host(WorkerDescription.loading(id, announcement.engine(), names, ""));
            var record = new InstanceRecord(
                    id, announcement.host(), server.address().getPort(), announcement.engine(), names, PID);
            more.add(new Offer(hosted, discovery.publish(record.entry(announcement.namespace()))));
            offers = List.copyOf(more);
        }
    }

    List<WorkerId> ids() {
        return offers.stream().map(offer -> offer.hosted().id()).toList();
    }

    /** Those offered now. */
    List<HostedWorker> hosted() {
        return offers.stream().map(Offer::hosted).toList();
    }

    /** Says how far they are, while they load. */
    void loading(String progress) {
        for (Offer offer : offers) {
            if (offer.hosted().description().state() == WorkerState.LOADING) {
                offer.hosted().loading(progress);
            }
        }
    }

    /** They take requests from now on, each with the engine at its place. */
    synchronized void ready(List<? extends Engine> started, List<TextContent> files) {
        engines = List.copyOf(started);
        for (int i = 0; i < offers.size(); i++) {
            offers.get(i).hosted().ready(started.get(i), files);
        }
    }

    /** Says of each whether its engine can be used, as long as they are offered. */
    synchronized void follow(boolean usable) {
        for (int i = 0; i < engines.size() && i < offers.size() && !leaving; i++) {
            HostedWorker hosted = offers.get(i).hosted();
            WorkerState said = hosted.description().state();
            WorkerState is =
                    usable && engines.get(i).state() == WorkerState.READY ? WorkerState.READY : WorkerState.UNREACHABLE;
            if ((said == WorkerState.READY || said == WorkerState.UNREACHABLE) && said != is) {
                hosted.become(is);
            }
        }
    }

    /** The engines of those that are ready. */
    List<Engine> engines() {
        return engines;
    }

    /** Gives them no more requests; what runs goes on. */
    synchronized void drain() {
        leaving = true;
        offers.forEach(offer -> offer.hosted().become(WorkerState.DRAINING));
        offers.forEach(offer -> offer.announced().close());
    }

    /** They are gone, and others may be announced. */
    synchronized void withdraw() {
        engines = List.of();
        for (Offer offer : offers) {
            offer.announced().close();
            offer.hosted().become(WorkerState.GONE);
            server.withdraw(offer.hosted());
        }
        offers = List.of();
    }

    @Override
    public void close() {
        withdraw();
    }

    /** Another with each start, so that nobody takes a restarted worker for the one that held the KV blocks. */
    private static WorkerId freshId() {
        return new WorkerId(RANDOM.nextLong(1, Long.MAX_VALUE));
    }
}
