package io.jynamo.router.admission;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.BusyRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a model's requests, and which of them a request is in. A client names a family; how much of the prompt has
 * to be computed then says which class of the family it is. A class may stand outside all families, and is named itself.
 * Classes of families cannot be named, so that nobody gets round that.
 *
 * @param all in the order of their turns, at least one
 * @param floors uncached prompt tokens from which on a prompt is of each bucket; the first is 0, then they rise
 * @param families the class of each bucket, as an index of {@code all}
 * @param defaultFamily of requests that name none, or one that there is not
 */
public record PolicyClasses(
        List<PolicyClass> all, List<Long> floors, Map<String, List<Integer>> families, String defaultFamily) {
    public PolicyClasses {
        all = List.copyOf(all);
        floors = List.copyOf(floors);
        Map<String, List<Integer>> copied = new HashMap<>();
        families.forEach((family, classes) -> copied.put(family, List.copyOf(classes)));
        families = Map.copyOf(copied);
        require(!floors.isEmpty() && floors.getFirst() == 0, "the first bucket must begin at 0 tokens");
        for (int i = 1; i < floors.size(); i++) {
            require(floors.get(i) > floors.get(i - 1), "buckets must begin at rising numbers of tokens: " + floors);
        }
        require(families.containsKey(defaultFamily), "no class is of the default family `" + defaultFamily + "`");
        Set<String> names = new HashSet<>();
        for (PolicyClass one : all) {
            require(names.add(one.name()), "two classes are named `" + one.name() + "`");
        }
        for (var family : families.entrySet()) {
            require(
                    family.getValue().size() == floors.size(),
                    "family `" + family.getKey() + "` must have one class for each of " + floors.size() + " buckets");
            for (int index : family.getValue()) {
                require(index >= 0 && index < all.size(), "no class has the index " + index);
            }
        }
    }

    /** One class for all. */
    static PolicyClasses single(QueuePolicy policy, BusyRule busy) {
        var only = new PolicyClass(PolicyClass.ONLY, policy, 1, busy, PolicyClass.Limits.NONE);
        return new PolicyClasses(List.of(only), List.of(0L), Map.of(PolicyClass.ONLY, List.of(0)), PolicyClass.ONLY);
    }

    /** Whether it matters how much of a prompt is cached. */
    boolean readsCache() {
        return floors.size() > 1;
    }

    /**
     * The class of a request, as an index of {@link #all}.
     *
     * @param wanted what its client named, or null
     */
    int of(@Nullable String wanted, long uncachedTokens) {
        List<Integer> family = wanted == null ? null : families.get(wanted);
        if (family == null && wanted != null) {
            int outside = outside(wanted);
            if (outside >= 0) {
                return outside;
            }
        }
        List<Integer> classes = family == null ? families.getOrDefault(defaultFamily, List.of()) : family;
        int bucket = floors.size() - 1;
        while (bucket > 0 && floors.get(bucket) > uncachedTokens) {
            bucket--;
        }
        return classes.get(bucket);
    }

    /** The class of that name that is of no family, or -1. */
    private int outside(String name) {
        for (int i = 0; i < all.size(); i++) {
            int index = i;
            if (all.get(i).name().equals(name)) {
                boolean inFamily = families.values().stream().anyMatch(classes -> classes.contains(index));
                return inFamily ? -1 : i;
            }
        }
        return -1;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, message);
        }
    }
}
