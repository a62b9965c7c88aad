package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.Router;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Dynamo's selection service: clients tell it of workers, ask which is to get a prompt, and tell what becomes of the
 * requests that they gave.
 */
final class SelectionService implements AutoCloseable {
    private static final String WORKERS = "/workers/";
    private static final String RESERVATIONS = "/reservations/";
    private static final String PREFILLED = "/prefill_complete";
    private static final String OUTPUT = "/output_block";
    private static final int LONGEST_ID = 256;

    private final WorkerCatalog catalog;
    private final Reservations reservations;
    private final SelectionCache cache;
    private final SessionTable sessions;
    private final Replicas replicas;
    private final RouterServiceOptions.Queue queue;

    /**
     * A service that knows no worker.
     *
     * @param inheritance what a peer knew
     * @param routers make the router of a partition, of its block size
     * @param replicas makes those that are told what is done here, given who takes what they do
     */
    SelectionService(
            KvSource.Opener opener,
            Inheritance inheritance,
            IntFunction<Router> routers,
            RouterServiceOptions options,
            LongSupplier nanoTime,
            Function<Replicas.Listener, Replicas> replicas) {
        RouterServiceOptions.Times times = options.times();
        this.queue = options.queue();
        this.reservations = new Reservations(times.reservation(), nanoTime);
        this.cache = new SelectionCache(times.selection(), nanoTime);
        this.catalog = new WorkerCatalog(
                opener, inheritance, routers, reservations::releaseOf, nanoTime, queue.threshold() != null);
        this.sessions = new SessionTable(times.session(), nanoTime, SelectionService::wallNanos);
        this.replicas = replicas.apply(this::hear);
    }

    private static long wallNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    void addTo(RouteTable table) {
        table.open("/health", call -> ServiceAnswer.ok(200));
        table.open("/ready", call -> ready());
        table.get("/workers", this::workers);
        table.post("/workers", call -> entry(201, catalog.put(call.fields())));
        table.patch(WORKERS + "*", call -> entry(200, catalog.patch(workerId(call), call.fields())));
        table.delete(WORKERS + "*", call -> entry(200, catalog.remove(workerId(call))));
        table.post("/select", this::select);
        table.postWaiting("/select_and_reserve", this::selectAndReserve);
        table.post("/reservations", this::reserve);
        table.post(RESERVATIONS + "*", this::news);
        table.delete(RESERVATIONS + "*", this::free);
        table.get("/loads", this::loads);
        table.post("/potential_loads", this::potentialLoads);
        table.post("/overlap_scores", this::overlapScores);
        table.get("/dump", call -> dump());
        replicas.addTo(table);
    }

    private static long workerId(Call call) {
        String text = call.below(WORKERS);
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException noNumber) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST, "worker ids are numbers, not `" + text + "`", noNumber);
        }
    }

    private static Answer entry(int status, WorkerCatalog.Entry entry) {
        JsonWriter out = new JsonWriter(512);
        entry.write(out);
        return ServiceAnswer.json(status, out);
    }

    private Answer workers(Call call) {
        JsonWriter out = new JsonWriter(1_024).beginArray();
        catalog.workers().stream().filter(entry -> entry.key().matches(call)).forEach(entry -> entry.write(out));
        return ServiceAnswer.json(200, out.endArray());
    }

    private Answer ready() {
        List<WorkerCatalog.Entry> workers = catalog.workers();
        long usable = workers.stream()
                .filter(entry -> entry.lifecycle() == WorkerCatalog.Lifecycle.SCHEDULABLE)
                .count();
        JsonWriter out = new JsonWriter(1_024).beginObject();
        out.name("ready").value(usable > 0);
        out.name("schedulable_workers").value(usable);
        out.name("workers").beginArray();
        workers.forEach(entry -> entry.write(out));
        return ServiceAnswer.json(usable > 0 ? 200 : 503, out.endArray().endObject());
    }

    private Answer select(Call call) {
        Fields fields = call.fields();
        SelectionWish wish = SelectionWish.of(fields);
        SelectionPartition partition = catalog.require(PartitionKey.of(fields, true));
        PromptInput prompt = PromptInput.forSelection(fields, partition.blockTokens());
        SelectionPartition.Choice choice = partition.explain(wanted(partition, wish, prompt));
        String id = id(fields);
        if (id != null) {
            int prefill = choice.prefillTokens();
            cache.put(new SelectionCache.Selection(
                    id,
                    partition.key(),
                    choice.slot().rank(),
                    prompt,
                    wish.trackPrefill() ? prefill : 0,
                    wish.outputTokens()));
        }
        return selection(partition, choice, prompt, id, null);
    }

    /** A prompt for which a worker is to be chosen and booked. */
    private record Asked(SelectionPartition partition, SelectionWish wish, PromptInput prompt, String id) {}

    private RouteTable.Step selectAndReserve(Call call) {
        Fields fields = call.fields();
        SelectionWish wish = SelectionWish.of(fields);
        SelectionPartition partition = catalog.require(PartitionKey.of(fields, true));
        PromptInput prompt = PromptInput.forSelection(fields, partition.blockTokens());
        String told = id(fields);
        String id = told == null ? UUID.randomUUID().toString() : told;
        Asked asked = new Asked(partition, wish, prompt, id);
        Answer now = reserve(asked, partition::placeNow);
        return now == null ? new RouteTable.Step.Waits(() -> wait(asked)) : new RouteTable.Step.Done(now);
    }

    private Answer wait(Asked asked) {
        try {
            Answer answer = reserve(asked, wanted -> asked.partition().place(wanted.within(queue.longest())));
            return Objects.requireNonNull(answer);
        } catch (JynamoException refused) {
            if (refused.code() != ErrorCode.DEADLINE_UNREACHABLE) {
                throw refused;
            }
            throw JynamoException.retryable(
                    ErrorCode.OVERLOADED,
                    "every worker is busy, and none comes free for it within the "
                            + queue.longest().toMillis() + " ms that a request may wait here",
                    Objects.requireNonNullElse(refused.retryAfter(), Duration.ofSeconds(1)));
        }
    }

    /** Chooses and books; null where {@code way} would have to wait. */
    private @Nullable Answer reserve(
            Asked asked, Function<SelectionPartition.Wanted, SelectionPartition.@Nullable Booked> way) {
        SelectionPartition partition = asked.partition();
        SelectionWish wish = asked.wish();
        PromptInput prompt = asked.prompt();
        String id = asked.id();
        try (Reservations.Claim claim = reservations.claim(id)) {
            SelectionPartition.Booked booked = way.apply(wanted(partition, wish, prompt));
            if (booked == null) {
                return null;
            }
            if (Thread.currentThread().isInterrupted()) { // its client left as its turn came
                booked.booking().release();
                throw new JynamoException(ErrorCode.CANCELLED, "the client is gone");
            }
            Answer answer = selection(partition, booked.choice(), prompt, id, wish.trackPrefill());
            int prefill = wish.trackPrefill() ? booked.choice().prefillTokens() : 0;
            var owner = new Reservations.Owner(
                    partition.key(), booked.choice().slot(), wish.isFree() ? wish.session() : null);
            if (claim.book(owner, booked.booking(), prompt.hashes().sequence(), prefill)) {
                tell(owner, id, prompt, prefill, wish.outputTokens());
            }
            return answer;
        }
    }

    /** Among those who may be, or only the one where the request's session is; a request that names workers goes by them. */
    private SelectionPartition.Wanted wanted(SelectionPartition partition, SelectionWish wish, PromptInput prompt) {
        SelectionPartition.Wanted wanted = wish.among(prompt);
        String session = wish.session();
        ReplicaEvent.Binding on = session == null || !wish.isFree() ? null : sessions.find(partition.key(), session);
        return on == null || partition.slots().keySet().stream().noneMatch(on::isOn)
                ? wanted
                : wanted.only(slot -> on.isOn(slot.rank()));
    }

    private void tell(Reservations.Owner owner, String id, PromptInput prompt, int prefillTokens, int outputTokens) {
        RankSlot slot = owner.slot();
        replicas.tell(new ReplicaEvent.Given(
                owner.key(),
                slot.address().blockTokens(),
                id,
                slot.rank(),
                prompt.hashes().sequence(),
                prefillTokens,
                outputTokens));
        bind(owner);
    }

    /** A request of a session begins or ends, by which its time begins anew, here and everywhere. */
    private void bind(Reservations.Owner owner) {
        String session = owner.session();
        ReplicaEvent.Binding binding = session == null
                ? null
                : sessions.bind(owner.key(), session, owner.slot().rank(), replicas.self());
        if (session != null && binding != null) {
            replicas.tell(new ReplicaEvent.Bound(owner.key(), session, binding));
        }
    }

    // ---------------------------------------------------------------------------------------------- replicas

    private boolean hear(ReplicaEvent event) {
        try {
            return switch (event) {
                case ReplicaEvent.Given given -> hearGiven(given);
                case ReplicaEvent.Prefilled(PartitionKey key, int blockTokens, String request, Rank rank) -> {
                    reservations.prefilled(request);
                    yield true;
                }
                case ReplicaEvent.Freed(PartitionKey key, int blockTokens, String request, Rank rank) -> {
                    reservations.free(request);
                    yield true;
                }
                case ReplicaEvent.Bound(PartitionKey key, String session, ReplicaEvent.Binding binding) ->
                    sessions.hear(key, session, binding);
            };
        } catch (JynamoException notKnownHere) {
            return false;
        }
    }

    private boolean hearGiven(ReplicaEvent.Given given) {
        SelectionPartition partition = catalog.require(given.key());
        RankSlot slot = partition.slots().get(given.rank());
        if (slot == null || partition.blockTokens() != given.blockTokens()) {
            return false;
        }
        PromptInput prompt = PromptInput.counted(given.sequences(), given.blockTokens());
        try (Reservations.Claim claim = reservations.claim(given.request())) {
            SelectionPartition.Booked booked = partition.placeUnasked(
                    SelectionPartition.Wanted.exactly(prompt, given.rank(), given.outputTokens()));
            var owner = new Reservations.Owner(given.key(), slot, null);
            return claim.book(owner, booked.booking(), given.sequences(), given.prefillTokens());
        }
    }

    // ---------------------------------------------------------------------------------------------- reservations

    private static @Nullable String id(Fields fields) {
        String id = fields.findText("selection_id");
        return id == null ? null : fields.atMost("selection_id", id, LONGEST_ID);
    }

    /** @param reserved whether prefill is tracked, of a selection that is booked; null of one that is not */
    private static Answer selection(
            SelectionPartition partition,
            SelectionPartition.Choice choice,
            PromptInput prompt,
            @Nullable String id,
            @Nullable Boolean reserved) {
        RankSlot slot = choice.slot();
        int blockTokens = partition.blockTokens();
        JsonWriter out = new JsonWriter(512).beginObject();
        if (id != null) {
            out.name("selection_id").value(id);
        }
        if (reserved != null) {
            out.name("sequence_hashes").beginArray();
            for (long hash : prompt.hashes().sequence()) {
                out.value(hash);
            }
            out.endArray().name("isl_tokens").value((long) prompt.tokens());
            out.name("track_prefill_tokens").value(reserved.booleanValue());
        }
        place(out, partition.key(), slot);
        out.name("block_size").value((long) blockTokens);
        out.name("overlap");
        TierDepths.write(out, choice.ofWorker(), blockTokens);
        out.name("effective_prefill_tokens").value((long) choice.prefillTokens());
        long blocks = Math.ceilDiv(prompt.tokens(), blockTokens);
        out.name("potential_decode_blocks")
                .value(slot.ledger().blocksWith(prompt.hashes().sequence(), blocks));
        return ServiceAnswer.json(200, out.endObject());
    }

    private static void place(JsonWriter out, PartitionKey key, RankSlot slot) {
        out.name("model_name").value(key.model());
        out.name("routing_group").value(key.group());
        out.name("worker_id");
        Unsigned.write(out, slot.rank().worker());
        out.name("dp_rank").value(Integer.toUnsignedLong(slot.rank().rank()));
        out.name("endpoint").value(slot.details().endpoint());
    }

    private Answer reserve(Call call) {
        Fields fields = call.fields();
        String id = fields.atMost("selection_id", fields.text("selection_id"), LONGEST_ID);
        PartitionKey key = PartitionKey.of(fields, true);
        SelectionCache.Selection selection = fields.has("worker_id") ? explicit(fields, id, key) : cache.take(id, key);
        SelectionPartition partition = catalog.require(key);
        RankSlot slot = partition.slots().get(selection.rank());
        if (slot == null) {
            throw new JynamoException(ErrorCode.WORKER_NOT_FOUND, selection.rank() + " not found for " + key);
        }
        try (Reservations.Claim claim = reservations.claim(id)) {
            SelectionPartition.Booked booked = partition.placeUnasked(
                    SelectionPartition.Wanted.exactly(selection.prompt(), selection.rank(), selection.outputTokens()));
            var owner = new Reservations.Owner(key, slot, null);
            if (claim.book(
                    owner, booked.booking(), selection.prompt().hashes().sequence(), selection.prefillTokens())) {
                tell(owner, id, selection.prompt(), selection.prefillTokens(), selection.outputTokens());
            }
        }
        JsonWriter out = new JsonWriter(256).beginObject().name("selection_id").value(id);
        place(out, key, slot);
        return ServiceAnswer.json(201, out.endObject());
    }

    /** A booking on a worker that the client chose itself. */
    private SelectionCache.Selection explicit(Fields fields, String id, PartitionKey key) {
        SelectionPartition partition = catalog.require(key);
        long worker = fields.u64("worker_id");
        if (partition.slots().keySet().stream().noneMatch(rank -> rank.worker() == worker)) {
            throw new JynamoException(
                    ErrorCode.WORKER_NOT_FOUND,
                    "schedulable worker " + Long.toUnsignedString(worker) + " not found for " + key);
        }
        Long told = fields.findU32("dp_rank");
        Rank rank =
                told == null ? partition.slots().ceilingKey(new Rank(worker, 0)) : new Rank(worker, told.intValue());
        PromptInput prompt = PromptInput.forReservation(fields, partition.blockTokens());
        int prefill = fields.tokens("effective_prefill_tokens", prompt.tokens());
        if (prefill > prompt.tokens()) {
            throw fields.invalid(
                    "effective_prefill_tokens",
                    "(" + prefill + ") must not exceed isl_tokens (" + prompt.tokens() + ")");
        }
        boolean tracked = !Boolean.FALSE.equals(fields.findFlag("track_prefill_tokens"));
        int output = fields.tokens("expected_output_tokens", 0);
        return new SelectionCache.Selection(id, key, rank, prompt, tracked ? prefill : 0, output);
    }

    private Answer news(Call call) {
        String below = call.below(RESERVATIONS);
        if (below.endsWith(PREFILLED)) {
            String id = below.substring(0, below.length() - PREFILLED.length());
            Reservations.Owner owner = reservations.prefilled(id);
            replicas.tell(new ReplicaEvent.Prefilled(
                    owner.key(),
                    owner.slot().address().blockTokens(),
                    id,
                    owner.slot().rank()));
        } else if (below.endsWith(OUTPUT)) {
            Fields fields = call.fieldsIfAny();
            Double fraction = fields.findNumber("decay_fraction");
            if (fraction != null && !(fraction >= 0 && fraction <= 1)) {
                throw fields.invalid("decay_fraction", "must be between 0.0 and 1.0");
            }
            reservations.outputBlock(below.substring(0, below.length() - OUTPUT.length()));
        } else {
            throw new JynamoException(ErrorCode.ROUTE_NOT_FOUND, "route not found: POST " + call.path());
        }
        return ServiceAnswer.ok(200);
    }

    private Answer free(Call call) {
        String id = call.below(RESERVATIONS);
        Reservations.Owner owner = reservations.free(id);
        if (owner != null) {
            RankSlot slot = owner.slot();
            replicas.tell(new ReplicaEvent.Freed(owner.key(), slot.address().blockTokens(), id, slot.rank()));
            bind(owner);
        }
        return ServiceAnswer.ok(200);
    }

    private Answer loads(Call call) {
        JsonWriter out = new JsonWriter(512).beginArray();
        for (SelectionPartition partition : catalog.partitions()) {
            if (partition.key().matches(call)) {
                out.beginObject().name("model_name").value(partition.key().model());
                out.name("routing_group").value(partition.key().group());
                out.name("loads").beginArray();
                partition
                        .slots()
                        .values()
                        .forEach(slot -> load(out, slot, 0, slot.ledger().blocks()));
                Router.Queue waiting = partition.queue();
                out.endArray().name("pending_count").value((long) waiting.requests());
                out.name("pending_isl_tokens").value(waiting.promptTokens()).endObject();
            }
        }
        return ServiceAnswer.json(200, out.endArray());
    }

    private static void load(JsonWriter out, RankSlot slot, long morePrefill, long blocks) {
        out.beginObject().name("worker_id");
        Unsigned.write(out, slot.rank().worker());
        out.name("dp_rank").value(Integer.toUnsignedLong(slot.rank().rank()));
        out.name("potential_prefill_tokens").value(slot.ledger().prefillTokens() + morePrefill);
        out.name("potential_decode_blocks").value(blocks);
        out.name("active_requests").value((long) slot.ledger().requests()).endObject();
    }

    private Answer potentialLoads(Call call) {
        Fields fields = call.fields();
        SelectionPartition partition = catalog.require(PartitionKey.of(fields, true));
        PromptInput prompt = PromptInput.forSelection(fields, partition.blockTokens());
        Map<Rank, TierDepths> depths = partition.depths(prompt);
        long[] sequences = prompt.hashes().sequence();
        JsonWriter out = new JsonWriter(512).beginArray();
        partition
                .slots()
                .forEach((rank, slot) -> load(
                        out,
                        slot,
                        depths.getOrDefault(rank, TierDepths.NONE)
                                .prefillTokens(prompt.tokens(), partition.blockTokens()),
                        slot.ledger().blocksWith(sequences, sequences.length)));
        return ServiceAnswer.json(200, out.endArray());
    }

    private Answer overlapScores(Call call) {
        Fields fields = call.fields();
        SelectionPartition partition = catalog.require(PartitionKey.of(fields, true));
        PromptInput prompt = PromptInput.forSelection(fields, partition.blockTokens());
        Map<Rank, TierDepths> depths = partition.depths(prompt);
        JsonWriter out = new JsonWriter(512).beginObject();
        out.name("block_size").value((long) partition.blockTokens());
        out.name("num_blocks").value((long) prompt.hashes().count());
        out.name("workers").beginArray();
        for (Rank rank : partition.slots().keySet()) {
            TierDepths of = depths.getOrDefault(rank, TierDepths.NONE);
            out.beginObject().name("worker_id");
            Unsigned.write(out, rank.worker());
            out.name("dp_rank").value(Integer.toUnsignedLong(rank.rank()));
            out.name("device_blocks").value((long) of.device());
            out.name("host_pinned_blocks").value((long) of.host());
            out.name("disk_blocks").value((long) of.disk());
            out.name("host_pinned_extension_blocks").value((long) of.host() - of.device());
            out.name("disk_extension_blocks").value((long) of.disk() - of.host());
            out.name("shared_beyond_device_blocks").nullValue().endObject();
        }
        out.endArray().name("shared_cache").beginObject();
        out.name("enabled").value(false).name("total_hit_blocks").value(0L);
        out.name("ranges").beginArray().endArray().name("error").nullValue();
        return ServiceAnswer.json(200, out.endObject().endObject());
    }

    private Answer dump() {
        DumpJson dump = new DumpJson();
        for (SelectionPartition partition : catalog.partitions()) {
            dump.begin(partition.key(), partition.blockTokens());
            partition
                    .slots()
                    .forEach((rank, slot) -> dump.rank(rank, slot.source().held()));
            dump.end();
        }
        return ServiceAnswer.json(200, dump.finish());
    }

    /** Frees what nobody tells of any more. */
    void sweep() {
        reservations.sweep();
        cache.sweep();
        sessions.sweep();
    }

    Replicas replicas() {
        return replicas;
    }

    @Override
    public void close() {
        replicas.close();
        catalog.close();
    }
}
