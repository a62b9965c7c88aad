package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one engine's numbered messages without gaps, or forgets what a gap made doubtful. Pure; one thread at a time.
 *
 * <p><b>How it works.</b> An engine numbers its messages from 0 and may be asked to say the last thousands of them again.
 * Messages can be lost, and an engine can die and begin anew at 0, which by numbers alone can look like a gap or like
 * nothing at all. So a replay is asked for from the last message that was applied: if it comes back as it was, it is the
 * same engine.
 *
 * <table>
 * <caption>what a message does, by its number n where e is expected</caption>
 * <tr><th>case</th><th>then</th></tr>
 * <tr><td>n = e</td><td>applied</td></tr>
 * <tr><td>n &lt; e and above every number heard live, no doubt</td><td>skipped: it came by replay</td></tr>
 * <tr><td>n at or below a number heard live, or another publisher</td><td>the engine began anew: forget, expect 0</td></tr>
 * <tr><td>n &gt; e, or the connection broke before</td><td>replay from e - 1; without one, forget and go on from n</td></tr>
 * <tr><td>not readable</td><td>forget and go on from n + 1: nobody knows what it changed</td></tr>
 * </table>
 *
 * <p>Going on from a later message is safe: whatever is told held was stored after that point, and every removal since is
 * seen.
 */
final class KvFeedCore {
    /** One message as published. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared as a record
    record Message(long number, String publisher, byte[] payload) {}

    /** What to tell subscribers, and from where a replay is wanted before the next message is given. */
    record Step(List<KvEvent> told, OptionalLong replayFrom) {}

    private final KvEventTranslator translator;
    private final boolean canReplay;
    private final OptionalInt rank;

    private long expected;
    private long lastLive = -1;
    private byte @Nullable [] lastPayload;
    private String publisher = "";
    private boolean doubtful;
    private boolean inherited;
    private @Nullable Message waiting;
    private @Nullable String lastMalformed;

    private long batches;
    private long events;
    private long gaps;
    private long replayed;
    private long resets;
    private long restarts;
    private long malformed;
    private long otherRank;

    KvFeedCore(KvEventTranslator translator, boolean canReplay, OptionalInt rank) {
        this.translator = translator;
        this.canReplay = canReplay;
        this.rank = rank;
    }

    /** A message came from the publisher. */
    Step live(Message message) {
        List<KvEvent> told = new ArrayList<>();
        boolean anotherPublisher = !publisher.isEmpty() && !message.publisher.equals(publisher);
        publisher = message.publisher;
        if (anotherPublisher || message.number <= lastLive) {
            restarted(told);
        }
        lastLive = message.number;
        if (message.number < expected && !doubtful) {
            return told(told);
        }
        if (message.number == expected && !doubtful) {
            apply(message, told);
            return told(told);
        }
        if (message.number > expected && batches > 0) {
            gaps++;
        }
        if (canReplay) {
            waiting = message;
            return ask(told);
        }
        goOnFrom(message, told);
        return told(told);
    }

    /** The connection to the publisher broke: what comes next may be another engine's. */
    void disconnected() {
        doubtful = true;
    }

    /** The connection is there: a replay says what was before, or whether it is the same engine as before. */
    Step connected() {
        boolean unsure = doubtful || batches == 0;
        return canReplay && unsure && waiting == null ? ask(List.of()) : told(List.of());
    }

    /**
     * The connection has been there for a while. What was published between the first replay and the moment the publisher
     * knew of us would show only with the next message: a second replay brings it.
     */
    Step settled() {
        return canReplay && waiting == null ? ask(List.of()) : told(List.of());
    }

    /** Forgets everything and, where there is replay, hears all that the engine still knows. */
    Step resync() {
        List<KvEvent> told = new ArrayList<>();
        forget(told);
        expected = 0;
        lastPayload = null;
        return canReplay ? ask(told) : told(told);
    }

    /**
     * The messages of the replay asked for.
     *
     * @param from what was asked for
     * @param whole whether the engine said that this is all
     */
    Step replayed(long from, List<Message> messages, boolean whole) {
        List<KvEvent> told = new ArrayList<>();
        Message held = waiting;
        waiting = null;
        boolean anchored = from < expected;
        boolean same = anchored
                && !messages.isEmpty()
                && messages.getFirst().number == from
                && Arrays.equals(messages.getFirst().payload, lastPayload);
        if (anchored && whole && !same && (messages.isEmpty() || messages.getFirst().number == from)) {
            // Another engine under the same address: everything of it, from its beginning.
            restarted(told);
            if (held != null) {
                waiting = held;
                lastLive = held.number;
            }
            return ask(told);
        }
        if (anchored && !same) {
            // The engine has forgotten the last message we know. It may be another one, so what we have is doubtful.
            forget(told);
            if (!messages.isEmpty()) {
                expected = messages.getFirst().number;
            } else if (held != null) {
                expected = held.number;
            }
        }
        doubtful = false;
        for (Message message : messages) {
            if (message.number > expected) {
                goOnFrom(message, told);
                replayed++;
            } else if (message.number == expected) {
                apply(message, told);
                replayed++;
            }
        }
        if (held != null && held.number == expected) {
            apply(held, told);
        } else if (held != null && held.number > expected) {
            goOnFrom(held, told);
        }
        return told(told);
    }

    /**
     * Takes over what another reader knew, where nothing was heard yet. Live messages go on from it whatever their
     * number is: what lies between is not known, as it was not to the one that told.
     */
    Step inherit(List<KnownBlock> blocks) {
        if (batches > 0 || !translator.isEmpty()) {
            return told(List.of());
        }
        List<KvEvent> told = translator.inherit(blocks);
        inherited = !told.isEmpty();
        events += told.size();
        return told(told);
    }

    /** The engine's names of what is held, by the blocks' sequence hashes. */
    Map<Long, Long> names() {
        return translator.names();
    }

    /** What is held now, as events with the id of the last event told. */
    List<KvEvent> snapshot() {
        return translator.snapshot();
    }

    /** What is held now, in figures, after the last event told. */
    KvEvent.Digest digest() {
        return translator.digest();
    }

    /** Why nothing of this engine can be used, where that is so. */
    Optional<JynamoException> refusal() {
        return translator.refusal();
    }

    /** What was wrong with the last message that could not be read. */
    Optional<String> lastMalformed() {
        return Optional.ofNullable(lastMalformed);
    }

    KvFeedCounts counts() {
        return new KvFeedCounts(
                batches,
                events,
                gaps,
                replayed,
                resets,
                restarts,
                malformed,
                otherRank,
                translator.omissions(),
                translator.duplicates(),
                translator.orphans(),
                translator.isIncomplete());
    }

    private Step ask(List<KvEvent> told) {
        return new Step(told, OptionalLong.of(Math.max(0, expected - 1)));
    }

    private static Step told(List<KvEvent> told) {
        return new Step(told, OptionalLong.empty());
    }

    /** The engine began anew: its memory is empty, its numbers start at 0. */
    private void restarted(List<KvEvent> told) {
        restarts++;
        forget(told);
        expected = 0;
        lastLive = -1;
        lastPayload = null;
        doubtful = false;
    }

    /** Takes a message though those before it are missing. */
    private void goOnFrom(Message message, List<KvEvent> told) {
        if (batches > 0 || !inherited) {
            forget(told);
        }
        doubtful = false;
        expected = message.number;
        apply(message, told);
    }

    private void forget(List<KvEvent> told) {
        List<KvEvent> forgotten = translator.reset();
        if (!forgotten.isEmpty()) {
            resets++;
        }
        told.addAll(forgotten);
        events += forgotten.size();
    }

    private void apply(Message message, List<KvEvent> told) {
        expected = message.number + 1;
        lastPayload = message.payload;
        batches++;
        switch (KvEventDecoder.decode(message.payload)) {
            case Decoding.Batch batch -> {
                Integer from = batch.rank();
                if (from != null && rank.isPresent() && rank.getAsInt() != from) {
                    otherRank++;
                    return;
                }
                List<KvEvent> translated = translator.on(batch);
                told.addAll(translated);
                events += translated.size();
            }
            case Decoding.Malformed broken -> {
                malformed++;
                lastMalformed = "message " + message.number + ": " + broken.reason();
                forget(told);
            }
        }
    }
}
