package io.jynamo.cli.frontend;

import io.jynamo.cli.text.ModelText;
import io.jynamo.cli.text.OfferedText;
import io.jynamo.cli.text.ReceivedText;
import io.jynamo.cli.worker.InstanceRecord;
import io.jynamo.frontend.fleet.FleetMember;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.discovery.Entry;
import io.jynamo.runtime.discovery.StoreState;
import io.jynamo.runtime.discovery.WatchListener;
import io.jynamo.runtime.session.Credentials;
import io.jynamo.runtime.session.RemoteWorker;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import io.jynamo.runtime.session.WorkerDescription;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Calls every worker that is announced, learns what it serves, and offers it to the {@link Fleet} once it is ready.
 *
 * <p>A worker that leaves says so in its session before its announcement goes, gets no new requests, and what it still has
 * goes on. One whose announcement alone is lost, while its session is open and says that it is ready, is used as before:
 * the store has failed, not the worker. It is forgotten when its session breaks, or says anything else.
 */
final class FleetWatch implements WatchListener, FleetRoster, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FleetWatch.class.getName());

    private final Fleet fleet;
    private final Transport transport;
    private final Credentials credentials;
    private final SessionLimits limits;
    private final ReceivedText texts;
    private final Map<String, RemoteWorker> workers = new ConcurrentHashMap<>();
    private final Map<WorkerId, InstanceRecord> records = new ConcurrentHashMap<>();
    private final Map<String, ModelText> known = new ConcurrentHashMap<>();
    private final Map<RemoteWorker, Boolean> offered = new ConcurrentHashMap<>();
    /** Those by key whose announcement is lost; under this object's lock together with {@code workers}. */
    private final Set<String> unannounced = new HashSet<>();
    /** One at a time: two workers of one model need its files once. */
    private final ExecutorService learning = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("learn-model-").factory());

    FleetWatch(Fleet fleet, Transport transport, Credentials credentials, SessionLimits limits, ReceivedText texts) {
        this.fleet = fleet;
        this.transport = transport;
        this.credentials = credentials;
        this.limits = limits;
        this.texts = texts;
    }

    @Override
    public void onPut(Entry entry) {
        InstanceRecord record;
        try {
            record = InstanceRecord.of(entry);
        } catch (JynamoException notOurs) {
            LOG.log(System.Logger.Level.WARNING, notOurs.getMessage());
            return;
        }
        put(entry.key(), record);
    }

    private synchronized void put(String key, InstanceRecord record) {
        unannounced.remove(key);
        RemoteWorker before = workers.get(key);
        if (before != null
                && before.address().equals(record.address())
                && before.id().equals(record.id())) {
            return;
        }
        forget(key);
        fleet.announce(record.models());
        records.put(record.id(), record);
        workers.put(
                key,
                RemoteWorker.connect(
                        new RemoteWorker.Target(record.id(), record.address(), credentials),
                        limits,
                        transport,
                        this::onChange));
    }

    @Override
    public synchronized void onGone(String key) {
        RemoteWorker gone = workers.get(key);
        if (gone != null && gone.state() == WorkerState.READY) {
            unannounced.add(key);
            LOG.log(
                    System.Logger.Level.INFO,
                    "worker {0} at {1} is announced no more and answers: it is used as before",
                    gone.id(),
                    gone.address());
        } else {
            forget(key);
        }
    }

    private synchronized void forgetUnannounced(RemoteWorker worker) {
        for (String key : List.copyOf(unannounced)) {
            if (worker.equals(workers.get(key))) {
                forget(key);
            }
        }
    }

    private void forget(String key) {
        unannounced.remove(key);
        RemoteWorker gone = workers.remove(key);
        if (gone != null) {
            records.remove(gone.id());
            offered.remove(gone);
            fleet.remove(gone.id());
            gone.retire();
        }
    }

    @Override
    public void onStore(StoreState state) {
        if (state instanceof StoreState.Unreachable outage) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "workers are not announced for now, those known are called as before: " + outage.reason());
        }
    }

    private void onChange(RemoteWorker worker) {
        if (worker.state() != WorkerState.READY) {
            forgetUnannounced(worker);
        }
        if (worker.state() == WorkerState.UNREACHABLE) {
            doubtSiblings(worker);
        }
        fleet.followAdapters(worker);
        if (worker.state() == WorkerState.READY && offered.putIfAbsent(worker, true) == null) {
            try {
                learning.execute(() -> learn(worker));
            } catch (RejectedExecutionException closing) {
                LOG.log(System.Logger.Level.DEBUG, "a worker became ready while the frontend stops", closing);
            }
        }
    }

    /** Workers at one address are one process, and seldom does a connection break alone. */
    private void doubtSiblings(RemoteWorker lost) {
        for (RemoteWorker other : workers.values()) {
            if (!other.equals(lost) && other.address().equals(lost.address())) {
                other.doubt();
            }
        }
    }

    private void learn(RemoteWorker worker) {
        WorkerDescription told = worker.description();
        if (told == null || !workers.containsValue(worker)) {
            return;
        }
        try {
            String digest = OfferedText.digest(told.files());
            ModelText text = known.get(digest);
            if (text == null) {
                text = texts.of(worker, told.files());
                known.put(digest, text);
            }
            fleet.add(worker, told.servedNames(), text, digest);
            if (!workers.containsValue(worker)) {
                fleet.remove(worker.id()); // it went while its files were read
                return;
            }
            LOG.log(
                    System.Logger.Level.INFO,
                    "worker {0} at {1} serves {2} ({3}); {4}",
                    worker.id(),
                    worker.address(),
                    String.join(", ", told.servedNames()),
                    told.engine(),
                    fleet.replies(told.servedNames().getFirst()));
        } catch (JynamoException refused) {
            offered.remove(worker); // tried again when it says something new, or comes back
            LOG.log(System.Logger.Level.WARNING, "worker " + worker.id() + " is not used: " + refused.getMessage());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "worker " + worker.id() + " could not be learned of", defect);
        }
    }

    /** The announced workers as people see them. */
    @Override
    public List<FleetMember> members() {
        return workers.values().stream().map(this::member).toList();
    }

    private FleetMember member(RemoteWorker worker) {
        InstanceRecord record = records.get(worker.id());
        WorkerDescription told = worker.description();
        OptionalLong pid = pid(worker.id());
        List<String> models = told != null ? told.servedNames() : record != null ? record.models() : List.of();
        // One that has not answered yet is on its way, one that has answered and does so no more is not.
        WorkerState state = told == null ? WorkerState.LOADING : worker.state();
        return new FleetMember(
                worker.id(),
                models.isEmpty() ? "" : models.getFirst(),
                told != null ? told.engine() : record != null ? record.engine() : "",
                worker.address().getHostString() + ":" + worker.address().getPort(),
                pid.isPresent() ? pid.getAsLong() : null,
                state == WorkerState.READY && !offered.containsKey(worker) ? WorkerState.LOADING : state,
                worker.load(),
                told == null || state == WorkerState.UNREACHABLE ? worker.lastFailure() : told.progress());
    }

    /** The process of an announced worker, where its announcement says. */
    OptionalLong pid(WorkerId worker) {
        InstanceRecord record = records.get(worker);
        return record == null ? OptionalLong.empty() : record.pid();
    }

    /** The workers that are announced. */
    List<RemoteWorker> workers() {
        return List.copyOf(workers.values());
    }

    @Override
    public void close() {
        learning.shutdownNow();
        try {
            if (!learning.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "a model is still being read while the frontend stops");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        workers.values().forEach(RemoteWorker::close);
    }
}
