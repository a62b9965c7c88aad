package io.jynamo.runtime.session;

import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker of this process as a {@link WorkerServer} offers it: what is said of it, and who has to be told when that
 * changes. Any thread may change it.
 */
public final class HostedWorker {
    private final WorkerId id;
    private final CopyOnWriteArrayList<Consumer<WorkerDescription>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, TextContent> contents = new ConcurrentHashMap<>();
    private volatile WorkerDescription description;
    private volatile @Nullable Worker worker;
    private final LoadShares shares = new LoadShares();
    private final SessionMarks marks = new SessionMarks();

    HostedWorker(WorkerDescription description) {
        this.id = description.id();
        this.description = description;
    }

    public WorkerId id() {
        return id;
    }

    public WorkerDescription description() {
        return description;
    }

    /** Says how far it is while it loads. */
    public void loading(String progress) {
        WorkerDescription now = description;
        change(WorkerDescription.loading(id, now.engine(), now.servedNames(), progress)
                .withTaints(now.taints()));
    }

    /** It takes requests from now on. */
    public void ready(Worker started, List<TextContent> files) {
        ready(started, started.card(), files);
    }

    /**
     * It takes requests from now on.
     *
     * @param card its own, with what it does not know of itself
     */
    public void ready(Worker started, ModelCard card, List<TextContent> files) {
        files.forEach(file -> contents.put(file.file().digest(), file));
        worker = started;
        WorkerDescription now = description;
        change(new WorkerDescription(
                id,
                WorkerState.READY,
                card,
                now.engine(),
                files.stream().map(TextContent::file).toList(),
                now.servedNames(),
                "",
                now.taints(),
                started.adapters()));
    }

    /** It has those adapters from now on; nobody is told what they know. */
    public void adapters(Set<String> names) {
        if (!names.equals(description.adapters())) {
            change(description.withAdapters(names));
        }
    }

    /** Puts it under other labels, at any time. */
    public void taint(Set<String> labels) {
        change(description.withTaints(labels));
    }

    /** What each session has given it. */
    LoadShares shares() {
        return shares;
    }

    /** Which conversations each session has given it. */
    SessionMarks marks() {
        return marks;
    }

    /** It finishes what it has and takes nothing new, or is gone. */
    public void become(WorkerState state) {
        change(description.with(state));
    }

    /** How busy it is, once it has loaded. */
    public Optional<WorkerLoad> load() {
        return Optional.ofNullable(worker).map(Worker::load);
    }

    /** The running worker, or null while it loads. */
    @Nullable
    Worker worker() {
        return worker;
    }

    @Nullable
    TextContent content(String digest) {
        return contents.get(digest);
    }

    /** Tells {@code listener} every description from now on, on the thread that changes it. */
    AutoCloseable listen(Consumer<WorkerDescription> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void change(WorkerDescription next) {
        description = next;
        listeners.forEach(listener -> listener.accept(next));
    }
}
