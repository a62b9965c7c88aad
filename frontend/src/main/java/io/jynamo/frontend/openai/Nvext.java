package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Wishes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Dynamo's request extensions, as far as they are built.
 *
 * @param greedy drop temperature and top_p
 * @param annotations side events asked for at the head of a stream
 * @param extraFields members of the answer's own {@code nvext} that were asked for
 * @param tokenData the prompt's ids, which are then not computed; null otherwise
 * @param cacheSalt null when absent
 * @param priority null when absent
 * @param expectedOutputTokens what the caller expects, null when absent
 * @param strictPriority the request's class, null when absent
 * @param firstTokenMillis until when its first token is of use, null when absent
 * @param wishes which workers it may go to, the session left out
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never shared
public record Nvext(
        boolean greedy,
        Set<String> annotations,
        Set<String> extraFields,
        int @Nullable [] tokenData,
        @Nullable String cacheSalt,
        @Nullable Integer priority,
        @Nullable Integer expectedOutputTokens,
        @Nullable Integer strictPriority,
        @Nullable Double firstTokenMillis,
        Wishes wishes) {
    /** A day: a first token that may come later may come any time. */
    public static final double MOST_FIRST_TOKEN_MILLIS = 86_400_000;

    private static final int MOST_TAINTS = 64;
    private static final double MOST_WEIGHT = 1_000;
    private static final Field<Boolean> GREED_SAMPLING =
            taken("greed_sampling", Shapes.bool(), "Drop temperature and top_p.");
    private static final Field<List<String>> ANNOTATIONS = taken(
            "annotations",
            Shapes.list(Shapes.oneOf("request_id", "formatted_prompt", "token_ids"), 0, 8),
            "Side events at the head of the stream.");
    private static final Field<int[]> TOKEN_DATA =
            taken("token_data", Shapes.tokenIds(1), "Ids of the prompt, used instead of its text.");
    private static final Field<String> SALT = taken("cache_salt", Shapes.string(), "As the top-level field.");
    private static final Field<List<String>> EXTRA_FIELDS = taken(
            "extra_fields",
            Shapes.list(Shapes.oneOf("worker_id", "timing", "stop_reason", "completion_token_ids"), 0, 8),
            "Members of the answer's nvext object.");
    private static final Field<Long> HINT_PRIORITY = taken(
            "priority", Shapes.integer(Integer.MIN_VALUE, Integer.MAX_VALUE), "Higher goes first; 0 is ordinary.");
    private static final Field<Long> HINT_OSL =
            taken("osl", Shapes.integer(1, Integer.MAX_VALUE), "Output tokens the caller expects.");
    private static final Field<Long> HINT_STRICT = taken(
            "strict_priority",
            Shapes.integer(0, Integer.MAX_VALUE),
            "Class of the request while requests wait for a worker: a higher one always goes first.");
    private static final FieldTable HINTS = new FieldTable(
            List.of(
                    HINT_PRIORITY,
                    HINT_OSL,
                    HINT_STRICT,
                    refused("speculative_prefill", "it is not built yet", Boolean.FALSE::equals),
                    refused("latency_sensitivity", "use priority")),
            Set.of());
    private static final Field<FieldValues> AGENT_HINTS =
            taken("agent_hints", Shapes.object(HINTS), "What the caller knows of the request.");
    private static final Field<Double> TTFT_TARGET = taken(
            "ttft_target",
            Shapes.number(0, false, MOST_FIRST_TOKEN_MILLIS),
            "Milliseconds until the first token; a request that cannot keep it is refused instead of waiting.");
    private static final FieldTable TARGETS = new FieldTable(
            List.of(TTFT_TARGET, refused("itl_target", "targets per output token are not built yet")), Set.of());
    private static final Field<FieldValues> ROUTER =
            taken("router", Shapes.object(TARGETS), "What the caller wants of the choice of a worker.");
    private static final Field<Long> TIMESTAMP = taken(
            "request_timestamp_ms",
            Shapes.integer(0, Long.MAX_VALUE),
            "When the caller made the request; informative.");

    private static final Field<Long> INSTANCE = taken(
            "backend_instance_id",
            Shapes.integer(0, Long.MAX_VALUE),
            "The only worker it may go to; refused where that one cannot take it.");
    private static final Field<List<String>> REQUIRED_TAINTS = taken(
            "required_taints",
            Shapes.list(Shapes.nonBlank(), 0, MOST_TAINTS),
            "Labels that a worker must have, each of them.");
    private static final Field<Map<String, Double>> PREFERRED_TAINTS = taken(
            "preferred_taints",
            Shapes.map(Shapes.number(-MOST_WEIGHT, true, MOST_WEIGHT), MOST_TAINTS),
            "Labels that make a worker better, each with its weight; below 0 they make it worse.");
    private static final FieldTable CONSTRAINT_FIELDS =
            new FieldTable(List.of(REQUIRED_TAINTS, PREFERRED_TAINTS), Set.of());
    private static final Field<FieldValues> CONSTRAINTS = taken(
            "routing_constraints", Shapes.object(CONSTRAINT_FIELDS), "Which workers it may go to, by their labels.");

    static final FieldTable TABLE = new FieldTable(
            List.of(
                    GREED_SAMPLING,
                    ANNOTATIONS,
                    TOKEN_DATA,
                    SALT,
                    EXTRA_FIELDS,
                    AGENT_HINTS,
                    TIMESTAMP,
                    ROUTER,
                    refused(
                            "use_raw_prompt",
                            "use /v1/completions for a prompt without template",
                            Boolean.FALSE::equals),
                    INSTANCE,
                    CONSTRAINTS,
                    refused("prefill_worker_id", "prefill and decode are not split yet"),
                    refused("decode_worker_id", "prefill and decode are not split yet; use backend_instance_id"),
                    refused(
                            "dp_rank",
                            "each data-parallel rank is a worker of its own: ask for it by `backend_instance_id`"),
                    refused("prefill_dp_rank", "prefill and decode are not split yet"),
                    refused("max_thinking_tokens", "say thinking_token_budget in a chat"),
                    refused("metadata_upload", "it is not built")),
            Set.of());

    /** Extensions of a request that has none. */
    static final Nvext NONE = new Nvext(false, Set.of(), Set.of(), null, null, null, null, null, null, Wishes.NONE);

    static Nvext from(@Nullable FieldValues values) {
        if (values == null) {
            return NONE;
        }
        FieldValues hints = values.find(AGENT_HINTS);
        Long priority = hints == null ? null : hints.find(HINT_PRIORITY);
        Long osl = hints == null ? null : hints.find(HINT_OSL);
        Long strict = hints == null ? null : hints.find(HINT_STRICT);
        FieldValues targets = values.find(ROUTER);
        return new Nvext(
                values.is(GREED_SAMPLING),
                Set.copyOf(new HashSet<>(values.or(ANNOTATIONS, List.of()))),
                Set.copyOf(new HashSet<>(values.or(EXTRA_FIELDS, List.of()))),
                values.find(TOKEN_DATA),
                values.find(SALT),
                priority == null ? null : priority.intValue(),
                osl == null ? null : osl.intValue(),
                strict == null ? null : strict.intValue(),
                targets == null ? null : targets.find(TTFT_TARGET),
                wishes(values));
    }

    private static Wishes wishes(FieldValues values) {
        Long instance = values.find(INSTANCE);
        FieldValues constraints = values.find(CONSTRAINTS);
        if (instance == null && constraints == null) {
            return Wishes.NONE;
        }
        return new Wishes(
                instance == null ? null : new WorkerId(instance),
                null,
                Set.of(),
                constraints == null ? Set.of() : Set.copyOf(new HashSet<>(constraints.or(REQUIRED_TAINTS, List.of()))),
                constraints == null ? Map.of() : constraints.or(PREFERRED_TAINTS, Map.of()));
    }
}
