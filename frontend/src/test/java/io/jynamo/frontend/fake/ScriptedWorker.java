package io.jynamo.frontend.fake;

import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A worker that says what a test scripts, one token per choice and step, each request on a thread of its own. It keeps
 * to credit and cancellation as an engine must, and notes what happened.
 */
public final class ScriptedWorker implements Worker {
    /** What a medium becomes here, by the count of the prompt at the end. */
    public static final int MEDIUM_TOKENS = 5;

    /**
     * What one request produces.
     *
     * @param tokens output ids; the last of them is followed by the end
     * @param finish how it ends when the tokens run out before the limit
     * @param stopToken told with a finish of STOP
     * @param failure ends it with an error after the tokens, or null
     * @param pace taken once per step, or null to run at full speed
     */
    public record Script(
            List<Integer> tokens,
            FinishReason finish,
            @Nullable Integer stopToken,
            GenerationEnd.@Nullable Failure failure,
            @Nullable Semaphore pace) {
        public static Script text(String text) {
            List<Integer> ids = new ArrayList<>();
            for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
                ids.add(one & 0xFF);
            }
            return new Script(ids, FinishReason.STOP, ByteTokenizer.EOS, null, null);
        }

        public static Script endless() {
            return new Script(List.of(), FinishReason.LENGTH, null, null, null);
        }

        public Script failing(ErrorCode code, String message) {
            return new Script(tokens, finish, stopToken, new GenerationEnd.Failure(code, message), pace);
        }

        public Script paced(Semaphore by) {
            return new Script(tokens, finish, stopToken, failure, by);
        }
    }

    private volatile ModelCard card;
    private final Function<GenerationRequest, Script> scripts;
    private volatile boolean tellsText;
    private volatile @Nullable Semaphore counted;
    private volatile boolean dies;
    private volatile WorkerId id = new WorkerId(7);
    private final List<Running> started = new CopyOnWriteArrayList<>();

    public ScriptedWorker(Function<GenerationRequest, Script> scripts) {
        this(4_096, scripts);
    }

    public ScriptedWorker(int maxModelLen, Function<GenerationRequest, Script> scripts) {
        this.card = new ModelCard(
                "test-model", "scripted", 259, maxModelLen, maxModelLen, 16, 1_000, 2_048, 64, Set.of(257), 256);
        this.scripts = scripts;
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return card;
    }

    /** From now on it says that it can hold output to forms. */
    public ScriptedWorker constrained() {
        Set<Capability> all = EnumSet.copyOf(Capability.OWN);
        all.addAll(Capability.CONSTRAINED);
        card = new ModelCard(
                card.name(),
                card.architecture(),
                card.vocabularySize(),
                card.maxModelLen(),
                card.trainedContextLength(),
                card.blockTokens(),
                card.totalBlocks(),
                card.maxBatchedTokens(),
                card.maxSequences(),
                card.eosTokenIds(),
                card.bosTokenId(),
                all);
        return this;
    }

    /** From now on its model reads these too. */
    public ScriptedWorker reading(Modality... modalities) {
        Set<Modality> all = EnumSet.of(Modality.TEXT);
        all.addAll(List.of(modalities));
        card = card.withModalities(all);
        return this;
    }

    /** From now on it tells text and no ids, as many servers of others do. */
    public ScriptedWorker tellingText() {
        tellsText = true;
        return this;
    }

    /** From now on it says what was cached behind its output only, once it gets a permit for each answer. */
    public ScriptedWorker countingLate(Semaphore permits) {
        counted = permits;
        return this;
    }

    /** From now on it is lost behind the last token of each answer. */
    public ScriptedWorker dyingAtItsEnd() {
        dies = true;
        return this;
    }

    /** From now on it has another id. */
    public ScriptedWorker named(long value) {
        id = new WorkerId(value);
        return this;
    }

    /** Every request that came, in order. */
    public List<Running> started() {
        return started;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        Running running = new Running(request, sink, scripts.apply(request), this);
        started.add(running);
        running.thread.start();
        return running;
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(0, 0, 0, 0, 1_000);
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return () -> {};
    }

    /** One request. */
    public static final class Running implements Generation, Runnable {
        private final GenerationRequest request;
        private final OutputSink sink;
        private final Script script;
        private final boolean tellsText;
        private final @Nullable Semaphore counted;
        private final boolean dies;
        private final Semaphore credit;
        private final Thread thread = Thread.ofVirtual().name("scripted-worker").unstarted(this);
        private final BitSet stopped = new BitSet();
        private volatile boolean cancelled;
        private volatile boolean over;
        private volatile int steps;

        private Running(GenerationRequest request, OutputSink sink, Script script, ScriptedWorker worker) {
            this.request = request;
            this.sink = sink;
            this.script = script;
            this.tellsText = worker.tellsText;
            this.counted = worker.counted;
            this.dies = worker.dies;
            this.credit = new Semaphore(Math.min(request.credit(), 1_000_000_000));
        }

        public GenerationRequest request() {
            return request;
        }

        public boolean isCancelled() {
            return cancelled;
        }

        public boolean isOver() {
            return over;
        }

        /** Tokens per choice so far. */
        public int steps() {
            return steps;
        }

        /** Choices that were ended one by one. */
        public synchronized Set<Integer> stoppedChoices() {
            return Set.copyOf(stopped.stream().boxed().toList());
        }

        @Override
        public void cancel() {
            cancelled = true;
            thread.interrupt();
        }

        @Override
        public synchronized void cancel(int choice) {
            stopped.set(choice);
        }

        @Override
        public void grant(int tokens) {
            credit.release(tokens);
        }

        private synchronized boolean isStopped(int choice) {
            return stopped.get(choice);
        }

        @Override
        public void run() {
            sink.onPrompt(counted == null ? cached() : 0, promptLogprobs());
            boolean endless = script.tokens().isEmpty() && script.finish() == FinishReason.LENGTH;
            int limit = request.stopping().maxTokens();
            int length = endless ? limit : Math.min(limit, script.tokens().size());
            for (int i = 0; i < length; i++) {
                if (!mayGoOn()) {
                    end(i, null);
                    return;
                }
                int id = endless ? 'a' + i % 26 : script.tokens().get(i);
                boolean last = i + 1 == length && limit == length && script.failure() == null;
                emit(id, last ? FinishReason.LENGTH : null);
                steps = i + 1;
            }
            if (script.failure() != null) {
                if (length == 0 && script.pace() != null && !mayGoOn()) {
                    end(0, null);
                    return;
                }
                end(length, script.failure());
                return;
            }
            if (length < limit) {
                for (int choice = 0; choice < request.choices(); choice++) {
                    sink.onDelta(
                            new TokenDelta(choice, TokenIds.empty(), List.of(), script.finish(), script.stopToken()));
                }
            }
            end(length, dies ? new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "it is gone") : null);
        }

        private int cached() {
            return request.prompt().count() / 2;
        }

        /** Tokens that it tells to be cached at its end. */
        private int cachedLate() {
            if (counted == null) {
                return 0;
            }
            try {
                counted.acquire();
                return cached();
            } catch (InterruptedException cancelled) {
                return 0;
            }
        }

        private boolean mayGoOn() {
            try {
                if (script.pace() != null) {
                    script.pace().acquire();
                }
                credit.acquire();
                return !cancelled;
            } catch (InterruptedException stopped) {
                return false;
            }
        }

        private void emit(int id, @Nullable FinishReason finish) {
            for (int choice = 0; choice < request.choices(); choice++) {
                if (!isStopped(choice)) {
                    List<TokenLogprobs> logprobs =
                            request.topLogprobs() < 0 ? List.of() : List.of(logprob(id, request.topLogprobs()));
                    sink.onDelta(
                            tellsText
                                    ? new TokenDelta(
                                            choice, TokenIds.of(0), logprobs, finish, null, Character.toString(id))
                                    : new TokenDelta(choice, TokenIds.of(id), logprobs, finish, null));
                }
            }
        }

        private List<TokenLogprobs> promptLogprobs() {
            List<TokenLogprobs> all = new ArrayList<>();
            if (request.promptLogprobs() >= 0) {
                for (int i = 1; i < request.prompt().count(); i++) {
                    all.add(logprob(request.prompt().at(i), request.promptLogprobs()));
                }
            }
            return all;
        }

        private static TokenLogprobs logprob(int id, int top) {
            int[] ids = new int[top];
            float[] values = new float[top];
            Arrays.setAll(ids, k -> (id + k) % 256);
            for (int k = 0; k < top; k++) {
                values[k] = -0.5f - k;
            }
            return new TokenLogprobs(id, -0.5f, ids, values);
        }

        private void end(int tokens, GenerationEnd.@Nullable Failure failure) {
            over = true;
            int media = request.chat() == null ? 0 : request.chat().media().size();
            int prompt = request.prompt().count() + MEDIUM_TOKENS * media;
            Usage usage = new Usage(prompt, cachedLate(), tokens * request.choices());
            sink.onFinished(new GenerationEnd(usage, failure));
        }
    }
}
