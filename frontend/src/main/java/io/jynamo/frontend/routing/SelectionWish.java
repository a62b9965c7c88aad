package io.jynamo.frontend.routing;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.Claim;
import io.jynamo.router.Router;
import io.jynamo.router.Wishes;
import io.jynamo.router.select.CostTuning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a client of the selection service wants besides the prompt.
 *
 * @param pinned the only rank it may be, or null
 * @param allowed workers it may be, or null for all
 * @param required taints that a worker must have
 * @param tuning what costs are to count otherwise, as its {@code router_config_override} says
 */
record SelectionWish(
        @Nullable Rank pinned,
        @Nullable Set<Long> allowed,
        List<String> required,
        Map<String, Double> preferred,
        @Nullable String session,
        int outputTokens,
        int priority,
        int strictPriority,
        CostTuning tuning,
        boolean trackPrefill) {
    private static final int LONGEST_SESSION = 256;

    static SelectionWish of(Fields fields) {
        Fields constraints = fields.findObject("routing_constraints");
        @Nullable List<String> required = constraints == null ? null : constraints.findTexts("required_taints");
        Fields override = fields.findObject("router_config_override");
        SelectionWish wish = new SelectionWish(
                pinned(fields.findObject("pinned_worker")),
                fields.findU64s("allowed_worker_ids"),
                required == null ? List.of() : required,
                preferred(constraints),
                session(fields),
                fields.tokens("expected_output_tokens", 0),
                priority(fields.findNumber("priority_jump")),
                fields.tokens("strict_priority", 0),
                tuning(override),
                override == null || !Boolean.FALSE.equals(override.findFlag("track_prefill_tokens")));
        if (wish.pinned != null && wish.allowed != null && !wish.allowed.contains(wish.pinned.worker())) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "pinned worker " + wish.pinned.workerText() + " is not in allowed worker set");
        }
        return wish;
    }

    private static @Nullable Rank pinned(@Nullable Fields told) {
        return told == null ? null : new Rank(told.u64("worker_id"), (int) told.u32("dp_rank"));
    }

    private static Map<String, Double> preferred(@Nullable Fields constraints) {
        Fields told = constraints == null ? null : constraints.findObject("preferred_taints");
        if (told == null) {
            return Map.of();
        }
        Map<String, Double> weights = new LinkedHashMap<>();
        for (String taint : told.names()) {
            Double weight = told.findNumber(taint);
            weights.put(taint, weight == null ? 0.0 : weight);
        }
        return weights;
    }

    private static @Nullable String session(Fields fields) {
        Fields context = fields.findObject("session_context");
        String id = context == null ? fields.findText("session_id") : context.text("session_id");
        return id == null ? null : fields.atMost("session_id", id, LONGEST_SESSION);
    }

    private static int priority(@Nullable Double jump) {
        return jump == null ? 0 : (int) Math.round(jump);
    }

    private static CostTuning tuning(@Nullable Fields override) {
        if (override == null) {
            return CostTuning.NONE;
        }
        return new CostTuning(
                weight(override, "overlap_score_credit"),
                weight(override, "overlap_score_credit_decay"),
                weight(override, "prefill_load_scale"),
                weight(override, "shared_cache_multiplier"),
                weight(override, "router_temperature"));
    }

    private static @Nullable Double weight(Fields override, String name) {
        Double weight = override.findNumber(name);
        if (weight != null && !(weight >= 0 && weight <= Double.MAX_VALUE)) {
            throw override.malformed(name, "a finite, non-negative number");
        }
        return weight;
    }

    /** Whether any worker will do. */
    boolean isFree() {
        return pinned == null && allowed == null && required.isEmpty();
    }

    /** The question to a partition. */
    SelectionPartition.Wanted among(PromptInput prompt) {
        Router.Request request = SelectionPartition.Wanted.request(prompt, outputTokens, priority)
                .withWishes(new Wishes(null, null, Set.of(), Set.of(), preferred, tuning))
                .withClaim(new Claim("", strictPriority, null, false));
        Predicate<RankSlot> admitted = slot -> (pinned == null || slot.rank().equals(pinned))
                && (allowed == null || allowed.contains(slot.rank().worker()))
                && slot.details().taints().containsAll(required);
        return new SelectionPartition.Wanted(prompt, request, isFree() ? null : admitted);
    }
}
