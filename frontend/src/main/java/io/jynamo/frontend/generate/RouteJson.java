package io.jynamo.frontend.generate;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.router.Explanation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A router's explanation as JSON: the worker chosen, why, and what it was compared with. */
final class RouteJson {
    private RouteJson() {}

    /**
     * Writes an object.
     *
     * @param most candidates shown: the chosen one, then those of least cost
     */
    static void write(JsonWriter out, Explanation why, int most) {
        out.beginObject().name("policy").value(why.policy());
        out.name("worker").value(why.chosen().toString());
        out.name("reason").value(why.reason());
        out.name("candidates").beginArray();
        List<Explanation.Candidate> shown = new ArrayList<>(why.candidates());
        shown.sort(Comparator.<Explanation.Candidate>comparingInt(
                        one -> one.worker().equals(why.chosen()) ? 0 : 1)
                .thenComparingDouble(Explanation.Candidate::cost));
        for (Explanation.Candidate one : shown.subList(0, Math.min(most, shown.size()))) {
            candidate(out, one);
        }
        out.endArray();
        if (shown.size() > most) {
            out.name("more_candidates").value((long) shown.size() - most);
        }
        out.endObject();
    }

    private static void candidate(JsonWriter out, Explanation.Candidate one) {
        out.beginObject().name("worker").value(one.worker().toString());
        out.name("cost").value(one.cost());
        Explanation.TierHits hits = one.hits();
        out.name("cached_blocks").value((long) hits.total());
        out.name("tiers").beginObject();
        out.name("device").value((long) hits.device());
        out.name("host_pinned").value((long) hits.host());
        out.name("disk").value((long) hits.disk());
        out.name("external").value((long) hits.remote()).endObject();
        out.name("booked_prefill_tokens").value(one.bookedPrefillTokens());
        out.name("booked_blocks").value(one.bookedBlocks());
        out.name("booked_requests").value((long) one.bookedRequests());
        out.name("terms").beginObject();
        for (Explanation.Term term : one.terms()) {
            out.name(term.name()).value(term.value());
        }
        out.endObject().endObject();
    }
}
