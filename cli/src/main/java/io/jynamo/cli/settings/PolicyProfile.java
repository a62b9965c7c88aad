package io.jynamo.cli.settings;

import io.jynamo.cli.config.Readers;
import io.jynamo.router.BusyRule;
import io.jynamo.router.admission.PolicyClass;
import io.jynamo.router.admission.PolicyClasses;
import io.jynamo.router.admission.QueuePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the policy classes of one model, or of all that have none of their own, out of a policy file. */
final class PolicyProfile {
    private static final String DEFAULT_FAMILY = "default_policy_family";
    private static final String BUCKETS = "uncached_isl_buckets";
    private static final String CLASSES = "policy_classes";
    /** What a profile has, all of it. */
    static final Set<String> KEYS = new TreeSet<>(List.of(DEFAULT_FAMILY, BUCKETS, CLASSES));

    private static final String FLOOR = "min_tokens";
    private static final String BUCKET = "bucket";
    private static final String NAME = "name";
    private static final String FAMILY = "policy_family";
    private static final String CACHE_BUCKET = "cache_bucket";
    private static final String POLICY = "queue_policy";
    private static final String QUANTUM = "quantum";
    private static final String BUSY_TOKENS = "prefill_busy_threshold";
    private static final String BUSY_SHARE = "prefill_busy_threshold_frac";
    private static final String MOST_REQUESTS = "request_queue_limit_per_worker";
    private static final String MOST_TOKENS = "raw_isl_token_queue_limit_per_worker";
    private static final String MOST_CACHED = "cached_token_queue_limit_per_worker";
    private static final Set<String> CLASS_KEYS = Set.of(
            NAME,
            FAMILY,
            CACHE_BUCKET,
            POLICY,
            QUANTUM,
            BUSY_TOKENS,
            BUSY_SHARE,
            MOST_REQUESTS,
            MOST_TOKENS,
            MOST_CACHED);

    /** Each is asked for its next whenever a place comes free. */
    private static final int MOST_CLASSES = 64;

    private static final int MOST_BUCKETS = 16;
    private static final long MOST_PER_WORKER = 1L << 40;

    private final QueuePolicy otherwise;
    private final List<PolicyClass> classes = new ArrayList<>();
    /** Bucket names with their floors, in order. */
    private final Map<String, Long> buckets = new LinkedHashMap<>();
    /** The class of each family's buckets, or null where none was read yet. */
    private final Map<String, @Nullable Integer[]> families = new LinkedHashMap<>();

    private final Map<String, PolicyNode> outside = new LinkedHashMap<>();

    private PolicyProfile(QueuePolicy otherwise) {
        this.otherwise = otherwise;
    }

    /** Reads one; {@code known} keys may be beside its own. */
    static PolicyClasses read(PolicyNode profile, Set<String> known, QueuePolicy otherwise) {
        Map<String, PolicyNode> entries = profile.entries(known);
        return new PolicyProfile(otherwise)
                .read(
                        profile.require(entries, DEFAULT_FAMILY),
                        profile.require(entries, BUCKETS),
                        profile.require(entries, CLASSES));
    }

    private PolicyClasses read(PolicyNode defaultFamily, PolicyNode bucketList, PolicyNode classList) {
        bucketList.items(MOST_BUCKETS).forEach(this::readBucket);
        classList.items(MOST_CLASSES).forEach(this::readClass);
        requireWhole(classList);
        if (!families.containsKey(defaultFamily.name())) {
            throw defaultFamily.wrong("must be the family of some class: " + String.join(", ", families.keySet())
                    + "; not '" + defaultFamily.name() + "'");
        }
        Map<String, List<Integer>> whole = new LinkedHashMap<>();
        families.forEach((family, byBucket) -> whole.put(family, List.of(byBucket)));
        return new PolicyClasses(classes, List.copyOf(buckets.values()), whole, defaultFamily.name());
    }

    private void readBucket(PolicyNode bucket) {
        Map<String, PolicyNode> entries = bucket.entries(Set.of(FLOOR, BUCKET));
        PolicyNode named = bucket.require(entries, BUCKET);
        PolicyNode floor = bucket.require(entries, FLOOR);
        long from = floor.whole(0, Integer.MAX_VALUE);
        long before = buckets.values().stream().mapToLong(Long::longValue).max().orElse(-1);
        if (buckets.isEmpty() && from != 0) {
            throw floor.wrong("must be 0, for it is of the first bucket; not " + from);
        }
        if (from <= before) {
            throw floor.wrong("must be above " + before + ", that of the bucket before; not " + from);
        }
        if (buckets.putIfAbsent(named.name(), from) != null) {
            throw named.wrong("must be another name: two buckets are named '" + named.name() + "'");
        }
    }

    private void readClass(PolicyNode one) {
        Map<String, PolicyNode> entries = one.entries(CLASS_KEYS);
        PolicyNode name = one.require(entries, NAME);
        if (classes.stream().anyMatch(before -> before.name().equals(name.name()))) {
            throw name.wrong("must be another name: two classes are named '" + name.name() + "'");
        }
        PolicyNode family = entries.get(FAMILY);
        PolicyNode bucket = entries.get(CACHE_BUCKET);
        if ((family == null) != (bucket == null)) {
            throw one.wrong(
                    "must have both " + FAMILY + " and " + CACHE_BUCKET + ", or neither to be named by clients");
        }
        if (family != null && bucket != null) {
            put(family, bucket);
        } else {
            outside.put(name.name(), name);
        }
        classes.add(new PolicyClass(
                name.name(),
                policy(entries.get(POLICY)),
                one.require(entries, QUANTUM).whole(1, PolicyClass.MOST_QUANTUM),
                new BusyRule(whole(entries.get(BUSY_TOKENS)), share(entries.get(BUSY_SHARE))),
                new PolicyClass.Limits(
                        whole(entries.get(MOST_REQUESTS)),
                        whole(entries.get(MOST_TOKENS)),
                        whole(entries.get(MOST_CACHED)))));
    }

    /** The class that is read next is that bucket's of that family. */
    private void put(PolicyNode family, PolicyNode bucket) {
        List<String> names = List.copyOf(buckets.keySet());
        int number = names.indexOf(bucket.name());
        if (number < 0) {
            throw bucket.wrong(
                    "must be one of " + BUCKETS + ": " + String.join(", ", names) + "; not '" + bucket.name() + "'");
        }
        @Nullable Integer[] byBucket = families.computeIfAbsent(family.name(), made -> new Integer[names.size()]);
        Integer before = byBucket[number];
        if (before != null) {
            throw bucket.wrong(
                    "must be another one: class '" + classes.get(before).name() + "' is that of bucket '"
                            + bucket.name() + "' in family '" + family.name() + "' already");
        }
        byBucket[number] = classes.size();
    }

    /** Every family has a class for each bucket, and no class that clients name is named like a family. */
    private void requireWhole(PolicyNode list) {
        List<String> names = List.copyOf(buckets.keySet());
        families.forEach((family, byBucket) -> {
            int missing = Arrays.asList(byBucket).indexOf(null);
            if (missing >= 0) {
                throw list.wrong("must have a class of " + FAMILY + " '" + family + "' with " + CACHE_BUCKET + " '"
                        + names.get(missing) + "'");
            }
        });
        outside.forEach((name, node) -> {
            if (families.containsKey(name)) {
                throw node.wrong("must be another name: a family is named '" + name + "'");
            }
        });
    }

    private QueuePolicy policy(@Nullable PolicyNode node) {
        if (node == null) {
            return otherwise;
        }
        try {
            return Readers.oneOf(QueuePolicy.class).read(node.name());
        } catch (IllegalArgumentException wrong) {
            throw node.wrong(String.valueOf(wrong.getMessage()));
        }
    }

    private static @Nullable Long whole(@Nullable PolicyNode node) {
        return node == null ? null : node.whole(0, MOST_PER_WORKER);
    }

    private static @Nullable Double share(@Nullable PolicyNode node) {
        return node == null ? null : node.decimal();
    }
}
