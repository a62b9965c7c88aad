package io.jynamo.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.BusyRule;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.PolicyClass;
import io.jynamo.router.admission.PolicyClasses;
import io.jynamo.router.admission.QueuePolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    private static final String GOOD = """
            default_policy_family: standard
            uncached_isl_buckets:
              - min_tokens: 0
                bucket: cached
              - min_tokens: 3072
                bucket: uncached
            policy_classes:
              - name: hot
                policy_family: standard
                cache_bucket: cached
                queue_policy: wspt
                quantum: 2048
                prefill_busy_threshold_frac: 16.0
                request_queue_limit_per_worker: 1024
                cached_token_queue_limit_per_worker: 2097152
              - name: cold
                policy_family: standard
                cache_bucket: uncached
                quantum: 512
                prefill_busy_threshold: 8192
                raw_isl_token_queue_limit_per_worker: 1048576
              - name: vip
                queue_policy: fcfs
                quantum: 4096
            models:
              org/large:
                default_policy_family: all
                uncached_isl_buckets: [{min_tokens: 0, bucket: any}]
                policy_classes: [{name: one, policy_family: all, cache_bucket: any, quantum: 1}]
            """;

    @TempDir
    Path folder;

    @Test
    void itHasWhatDynamosFilesHave() {
        PolicyFile file = read(GOOD);
        PolicyClasses root = Objects.requireNonNull(file.root());
        assertThat(root.all())
                .containsExactly(
                        new PolicyClass(
                                "hot",
                                QueuePolicy.WSPT,
                                2_048,
                                BusyRule.above(16),
                                new PolicyClass.Limits(1_024L, null, 2_097_152L)),
                        new PolicyClass(
                                "cold",
                                QueuePolicy.FAIR,
                                512,
                                new BusyRule(8_192L, null),
                                new PolicyClass.Limits(null, 1_048_576L, null)),
                        new PolicyClass("vip", QueuePolicy.FCFS, 4_096, BusyRule.NEVER, PolicyClass.Limits.NONE));
        assertThat(root.floors()).containsExactly(0L, 3_072L);
        assertThat(root.families()).isEqualTo(Map.of("standard", List.of(0, 1)));
        assertThat(root.defaultFamily()).isEqualTo("standard");
    }

    @Test
    void aModelsOwnClassesReplaceTheOthersWholly() {
        PolicyFile file = read(GOOD);
        AdmissionOptions plain = AdmissionOptions.DEFAULT;
        assertThat(file.over(plain, List.of("org/small")).classes()).isEqualTo(file.root());
        assertThat(file.over(plain, List.of("org/large")).classes().all())
                .extracting(PolicyClass::name)
                .containsExactly("one");
        assertThat(file.over(plain, List.of("served", "org/large")).classes().defaultFamily())
                .isEqualTo("all");
        PolicyFile without = read(GOOD.substring(GOOD.indexOf("models:")));
        assertThat(without.over(plain, List.of("org/small"))).isEqualTo(plain);
        assertThat(PolicyFile.NONE.over(plain, List.of("org/large"))).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quantum: 2048          | quantum: 0             | policy_classes[0].quantum must be a whole number from 1 to 1000000000, not '0'
            quantum: 2048          | quantum: many          | policy_classes[0].quantum must be a whole number from 1 to 1000000000, not 'many'
            quantum: 2048          | quantm: 2048           | policy_classes[0].quantm is not known here; expected cache_bucket, cached_token_queue_limit_per_worker, name,
            quantum: 2048          | quantm: 2048           | ; did you mean quantum?
            name: hot              | queue_policy: lcfs     | duplicate key
            queue_policy: wspt     | queue_policy: lcfs     | policy_classes[0].queue_policy must be one of fair, fcfs, wspt, not 'lcfs'
            name: cold             | name: hot              | policy_classes[1].name must be another name: two classes are named 'hot'
            name: cold             | name: co-ld            | policy_classes[1].name must be a name of letters, digits and _
            name: vip              | name: standard         | policy_classes[2].name must be another name: a family is named 'standard'
            min_tokens: 3072       | min_tokens: 0          | uncached_isl_buckets[1].min_tokens must be above 0, that of the bucket before; not 0
            min_tokens: 0          | min_tokens: 1          | uncached_isl_buckets[0].min_tokens must be 0, for it is of the first bucket; not 1
            bucket: uncached       | bucket: cached         | uncached_isl_buckets[1].bucket must be another name: two buckets are named 'cached'
            cache_bucket: uncached | cache_bucket: tepid    | policy_classes[1].cache_bucket must be one of uncached_isl_buckets: cached, uncached; not 'tepid'
            cache_bucket: uncached | cache_bucket: cached   | policy_classes[1].cache_bucket must be another one: class 'hot' is that of bucket 'cached'
            default_policy_family: standard | default_policy_family: batch | default_policy_family must be the family of some class: standard; not 'batch'
            cache_bucket: cached   | queue_policy: fcfs     | duplicate key
            threshold_frac: 16.0   | threshold_frac: -1     | policy_classes[0].prefill_busy_threshold_frac must be a number from 0 on, not '-1'
            threshold_frac: 16.0   | threshold_frac: .inf   | policy_classes[0].prefill_busy_threshold_frac must be a number from 0 on, not 'Infinity'
            limit_per_worker: 1024 | limit_per_worker: [1]  | policy_classes[0].request_queue_limit_per_worker must be a whole number from 0 to 1099511627776, not a list
            bucket: any            | buckets: any           | models.org/large.uncached_isl_buckets[0].buckets is not known here; expected bucket, min_tokens
            default_policy_family: standard | other: 1       | other is not known here; expected default_policy_family, models, policy_classes
            default_policy_family: standard | models: []     | duplicate key
            """)
    void whatIsWrongIsToldByItsPlace(String right, String wrong, String words) {
        refused(GOOD.replace(right, wrong), words);
    }

    @Test
    void aFamilyWithoutAClassForABucketIsRefused() {
        refused(
                GOOD.replace("    policy_family: standard\n    cache_bucket: uncached\n", ""),
                "policy_classes must have a class of policy_family 'standard' with cache_bucket 'uncached'");
        refused(
                GOOD.replace("    cache_bucket: uncached\n", ""),
                "policy_classes[1] must have both policy_family and cache_bucket, or neither");
        refused(GOOD.replace("default_policy_family: standard\n", ""), "must have default_policy_family");
        refused(GOOD.replace("    quantum: 512\n", ""), "policy_classes[1] must have quantum");
    }

    @Test
    void aFileOfAnotherShapeIsRefused() throws IOException {
        refused("", "must be a map, not nothing");
        refused("models: {}", "has no classes");
        refused("- a", "must be a map, not a list");
        refused("a: [", "is not YAML");
        refused(
                "default_policy_family: &a [*a]\nuncached_isl_buckets: *a\npolicy_classes: *a",
                "must be a map, not a list");
        refused("#" + "x".repeat(1 << 20), "is larger than 1 MiB");
        assertThatThrownBy(() -> PolicyFile.read(folder.resolve("none.yaml"), QueuePolicy.FAIR))
                .hasMessageContaining("none.yaml does not exist");
        assertThatThrownBy(() -> PolicyFile.read(Files.createDirectory(folder.resolve("d")), QueuePolicy.FAIR))
                .hasMessageContaining("cannot be read");
    }

    private void refused(String text, String words) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        wrong -> assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("policy file " + folder.resolve("classes.yaml"))
                .hasMessageContaining(words);
    }

    private PolicyFile read(String text) {
        try {
            return PolicyFile.read(Files.writeString(folder.resolve("classes.yaml"), text), QueuePolicy.FAIR);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
