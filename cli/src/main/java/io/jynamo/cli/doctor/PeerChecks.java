package io.jynamo.cli.doctor;

import io.jynamo.cli.settings.FleetOptions;
import io.jynamo.cli.worker.InstanceRecord;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.Entry;
import io.jynamo.runtime.discovery.StoreState;
import io.jynamo.runtime.discovery.WatchListener;
import io.jynamo.runtime.session.Credentials;
import io.jynamo.runtime.session.RemoteWorker;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import io.jynamo.runtime.session.WorkerDescription;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Calls every worker that is announced, as a frontend here would, and asks how far it is. */
final class PeerChecks {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Of a large fleet, as many as can be read. */
    private static final int MOST = 64;

    private PeerChecks() {}

    /** Collects what is announced when the watch begins. */
    private static final class Announced implements WatchListener {
        private final Map<String, Entry> entries = new ConcurrentSkipListMap<>();
        private final CountDownLatch told = new CountDownLatch(1);

        @Override
        public void onPut(Entry entry) {
            entries.put(entry.key(), entry);
        }

        @Override
        public void onGone(String key) {
            entries.remove(key);
        }

        @Override
        public void onStore(StoreState state) {
            if (state instanceof StoreState.Reachable) {
                told.countDown();
            }
        }
    }

    /** A worker that is being called. */
    private record Call(InstanceRecord record, RemoteWorker worker, CountDownLatch answered) {}

    static void run(FleetOptions fleet, Discovery store, Consumer<Finding> findings) throws InterruptedException {
        var announced = new Announced();
        try (var _ = store.watch(InstanceRecord.folder(fleet.namespace()), announced)) {
            if (!announced.told.await(StoreChecks.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                findings.accept(Finding.info("workers", "not known", "the store does not answer"));
                return;
            }
        }
        List<Entry> entries = List.copyOf(announced.entries.values());
        if (entries.isEmpty()) {
            findings.accept(Finding.info(
                    "workers",
                    "none is announced in namespace " + fleet.namespace(),
                    "right before the first worker starts; else it has another --discovery or --namespace"));
            return;
        }
        if (entries.size() > MOST) {
            findings.accept(Finding.info(
                    "workers", entries.size() + " are announced", "the first " + MOST + " of them are called"));
        }
        try (var transport = new Transport(1)) {
            call(entries.subList(0, Math.min(MOST, entries.size())), fleet.credentials(), transport, findings);
        }
    }

    private static void call(
            List<Entry> entries, Credentials credentials, Transport transport, Consumer<Finding> findings)
            throws InterruptedException {
        List<Call> calls = new ArrayList<>();
        try {
            for (Entry entry : entries) {
                try {
                    begin(InstanceRecord.of(entry), credentials, transport, calls, findings);
                } catch (JynamoException notOurs) {
                    findings.accept(Finding.warn(
                            "workers",
                            String.valueOf(notOurs.getMessage()),
                            "frontends pass over it",
                            "find who writes into the store; remove the entry"));
                }
            }
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (Call call : calls) {
                boolean answered = call.answered.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                findings.accept(answered ? answered(call) : silent(call));
            }
        } finally {
            calls.forEach(call -> call.worker.close());
        }
    }

    private static void begin(
            InstanceRecord record,
            Credentials credentials,
            Transport transport,
            List<Call> calls,
            Consumer<Finding> findings) {
        var address = record.address();
        InetAddress resolved = address.getAddress();
        if (resolved == null || resolved.isAnyLocalAddress()) {
            findings.accept(Finding.fail(
                    name(record),
                    resolved == null
                            ? "its name " + record.host() + " does not resolve here"
                            : "is announced as " + record.host() + ", which is no address to call",
                    "frontends call a worker where it is announced",
                    "start it with --advertise-host and an address that others reach"));
            return;
        }
        var answered = new CountDownLatch(1);
        RemoteWorker worker = RemoteWorker.connect(
                new RemoteWorker.Target(record.id(), address, credentials),
                SessionLimits.DEFAULT,
                transport,
                now -> answered.countDown());
        calls.add(new Call(record, worker, answered));
    }

    private static Finding answered(Call call) {
        WorkerDescription told = call.worker.description();
        WorkerState state = call.worker.state();
        String what = "at " + place(call.record) + " says " + state + (told == null ? "" : models(told));
        if (isLoopback(call.record)) {
            return new Finding(
                    name(call.record),
                    Finding.Status.INFO,
                    what,
                    "only processes of this machine reach it there",
                    "for a fleet of several machines: --worker-host and --advertise-host");
        }
        return Finding.ok(name(call.record), what);
    }

    private static String models(WorkerDescription told) {
        return ", serves " + String.join(", ", told.servedNames())
                + (told.progress().isEmpty() ? "" : " (" + told.progress() + ")");
    }

    private static Finding silent(Call call) {
        String what = "at " + place(call.record) + " " + call.worker.lastFailure();
        return isLoopback(call.record)
                ? Finding.fail(
                        name(call.record),
                        what,
                        "its announced address is of its own machine alone; if it runs on another, nobody here can call it",
                        "start it with --worker-host and --advertise-host; if it has died, its entry goes by itself")
                : Finding.fail(
                        name(call.record),
                        what,
                        "frontends here cannot call it either",
                        "check firewalls between here and there, that the fleet tokens and certificates are the same, and"
                                + " that it runs");
    }

    private static boolean isLoopback(InstanceRecord record) {
        InetAddress address = record.address().getAddress();
        return address != null && address.isLoopbackAddress();
    }

    private static String name(InstanceRecord record) {
        return "worker " + record.id();
    }

    private static String place(InstanceRecord record) {
        return record.host() + ":" + record.port() + " (" + record.engine() + ")";
    }
}
