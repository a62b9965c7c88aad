package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.wire.CardMessages;
import io.jynamo.runtime.wire.v1.Description;
import io.jynamo.runtime.wire.v1.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of itself to those who call it.
 *
 * @param card null while it loads
 * @param engine for people: {@code embedded}, {@code sim}, {@code vllm}, ...
 * @param files what a frontend needs to turn text into its token ids
 * @param servedNames names clients may use, the card's own first
 * @param progress how far it is while it loads, for people; empty where nobody can say
 * @param taints labels that requests may ask for or avoid
 * @param adapters LoRA adapters of the model that it has now
 */
public record WorkerDescription(
        WorkerId id,
        WorkerState state,
        @Nullable ModelCard card,
        String engine,
        List<TextFile> files,
        List<String> servedNames,
        String progress,
        Set<String> taints,
        Set<String> adapters) {
    private static final int MOST_TAINTS = 64;
    private static final int MOST_ADAPTERS = 1_024;
    private static final int MOST_FILES = 64;
    private static final long MOST_FILE_BYTES = 1L << 30;

    public WorkerDescription {
        files = List.copyOf(files);
        servedNames = List.copyOf(servedNames);
        taints = Set.copyOf(taints);
        adapters = Set.copyOf(adapters);
        if (card == null && state == WorkerState.READY) {
            throw new IllegalArgumentException("worker " + id + " says that it is ready and has no card");
        }
    }

    /** A worker of which only the model's name is known. */
    public static WorkerDescription loading(WorkerId id, String engine, List<String> servedNames, String progress) {
        return new WorkerDescription(
                id, WorkerState.LOADING, null, engine, List.of(), servedNames, progress, Set.of(), Set.of());
    }

    /** The same worker under other labels. */
    public WorkerDescription withTaints(Set<String> labels) {
        return new WorkerDescription(id, state, card, engine, files, servedNames, progress, labels, adapters);
    }

    /** The same worker with those adapters. */
    public WorkerDescription withAdapters(Set<String> names) {
        return new WorkerDescription(id, state, card, engine, files, servedNames, progress, taints, names);
    }

    /** The same worker, further. */
    public WorkerDescription with(WorkerState next) {
        return new WorkerDescription(id, next, card, engine, files, servedNames, progress, taints, adapters);
    }

    Description message() {
        Description.Builder message = Description.newBuilder()
                .setWorkerId(id.value())
                .setState(CardMessages.message(state))
                .setEngine(engine)
                .addAllServedNames(servedNames)
                .setProgress(progress)
                .addAllTaints(new TreeSet<>(taints))
                .addAllAdapters(new TreeSet<>(adapters));
        if (card != null) {
            message.setCard(CardMessages.message(card));
        }
        for (TextFile file : files) {
            message.addFiles(io.jynamo.runtime.wire.v1.TextFile.newBuilder()
                    .setName(file.name())
                    .setSize(file.size())
                    .setSha256(ByteString.copyFrom(file.sha256())));
        }
        return message.build();
    }

    /** @throws JynamoException INVALID_REQUEST for one that contradicts itself, or asks too much of its reader */
    static WorkerDescription of(Description message) {
        try {
            requireModest(message);
            List<TextFile> files = new ArrayList<>();
            for (var file : message.getFilesList()) {
                files.add(new TextFile(
                        file.getName(), file.getSize(), file.getSha256().toByteArray()));
            }
            return new WorkerDescription(
                    new WorkerId(message.getWorkerId()),
                    CardMessages.state(message.getState()),
                    message.hasCard() ? CardMessages.card(message.getCard()) : null,
                    message.getEngine(),
                    files,
                    message.getServedNamesList(),
                    message.getProgress(),
                    Set.copyOf(new HashSet<>(message.getTaintsList())),
                    Set.copyOf(new HashSet<>(message.getAdaptersList())));
        } catch (IllegalArgumentException impossible) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "a worker's description contradicts itself: " + impossible.getMessage(),
                    impossible);
        }
    }

    /** Every frontend fetches the files and keeps them, so their number and size are bounded here. */
    private static void requireModest(Description message) {
        long bytes = 0;
        for (var file : message.getFilesList()) {
            bytes += Math.clamp(file.getSize(), 0, MOST_FILE_BYTES + 1);
        }
        if (message.getFilesCount() > MOST_FILES || bytes > MOST_FILE_BYTES) {
            throw new IllegalArgumentException("it offers " + message.getFilesCount() + " files of " + bytes
                    + " bytes or more, and " + MOST_FILES + " of " + MOST_FILE_BYTES + " together are taken");
        }
        if (message.getTaintsCount() > MOST_TAINTS
                || message.getTaintsList().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("it has " + message.getTaintsCount() + " taints, of which " + MOST_TAINTS
                    + " are taken, and none may be blank");
        }
        if (message.getAdaptersCount() > MOST_ADAPTERS
                || message.getAdaptersList().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("it has " + message.getAdaptersCount() + " adapters, of which "
                    + MOST_ADAPTERS + " are taken, and none may have a blank name");
        }
        boolean named = message.getServedNamesList().stream().noneMatch(String::isBlank);
        if (!named || (message.getState() == State.READY && message.getServedNamesCount() == 0)) {
            throw new IllegalArgumentException("a ready worker has a name, and none of its names is blank");
        }
    }
}
