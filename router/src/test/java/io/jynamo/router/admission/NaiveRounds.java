package io.jynamo.router.admission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Classes that take turns by their definition: a naive line each, and rounds given one by one. */
final class NaiveRounds {
    private final List<PolicyClass> classes;
    private final List<NaiveLine> lines;
    private long[] deficits;
    private long[] proposed;
    private int first;
    private int last = -1;

    NaiveRounds(List<PolicyClass> classes, Map<String, Double> weights) {
        this.classes = classes;
        this.lines = classes.stream()
                .map(one -> new NaiveLine(one.policy(), weights))
                .toList();
        this.deficits = new long[classes.size()];
        this.proposed = deficits.clone();
    }

    List<Entrant> waiting() {
        List<Entrant> all = new ArrayList<>();
        lines.forEach(line -> all.addAll(line.waiting()));
        return all;
    }

    void add(Entrant entrant) {
        lines.get(entrant.lane().policyClass()).add(entrant);
    }

    void remove(Entrant entrant) {
        lines.get(entrant.lane().policyClass()).remove(entrant);
        forgetEmpty(deficits);
    }

    void idle() {
        lines.forEach(NaiveLine::idle);
    }

    void serve(Entrant entrant) {
        int index = entrant.lane().policyClass();
        deficits = proposed.clone();
        deficits[index] -= Math.max(1, entrant.uncachedTokens());
        last = deficits[index] > 0 ? index : -1;
        first = index + 1;
        lines.get(index).serve(entrant);
        forgetEmpty(deficits);
    }

    private void forgetEmpty(long[] of) {
        for (int i = 0; i < of.length; i++) {
            if (lines.get(i).waiting().isEmpty()) {
                of[i] = 0;
                last = last == i ? -1 : last;
            }
        }
    }

    @Nullable
    Entrant next(Set<Lane> open) {
        proposed = deficits.clone();
        Map<Integer, Entrant> heads = new HashMap<>();
        List<Integer> ring = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int index = (first + i) % lines.size();
            Entrant head = lines.get(index).next(new HashSet<>(open));
            if (head != null) {
                heads.put(index, head);
                ring.add(index);
            }
        }
        if (last >= 0 && heads.containsKey(last) && pays(heads, last)) {
            return heads.get(last);
        }
        for (int index : ring) {
            if (!pays(heads, index)) {
                proposed[index] += classes.get(index).quantum();
            }
            if (pays(heads, index)) {
                return heads.get(index);
            }
        }
        while (!ring.isEmpty()) {
            ring.forEach(index -> proposed[index] += classes.get(index).quantum());
            for (int index : ring) {
                if (pays(heads, index)) {
                    return heads.get(index);
                }
            }
        }
        return null;
    }

    private boolean pays(Map<Integer, Entrant> heads, int index) {
        Entrant head = heads.get(index);
        return head != null && proposed[index] >= Math.max(1, head.uncachedTokens());
    }
}
