package io.jynamo.frontend.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFileTest {
    private static final String HASH = KeyHash.of("secret").toString();

    private static List<KeyEntry> parse(String text) {
        return KeyFile.parse(
                "k.json", text.replace('\'', '"').replace("HASH", HASH).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void all_that_can_be_said_of_a_key() {
        KeyEntry key = parse("""
                {'keys': [{
                  'name': 'team-a', 'hash': 'HASH', 'rate': 60, 'burst': 5, 'concurrency': 4,
                  'tokens_per_minute': 1000, 'tokens_per_day': 20000, 'models': ['org/*', 'own'], 'priority': 3,
                  'isolation': 'tenant acme', 'expires': '2027-01-31T01:00:00+01:00', 'disabled': true, 'admin': true
                }]}""").getFirst();
        assertThat(key.hash()).isEqualTo(KeyHash.of("secret"));
        assertThat(key.limits()).isEqualTo(new KeyLimits(60, 5, 4, 1_000, 20_000));
        assertThat(key.expires()).isEqualTo(Instant.parse("2027-01-31T00:00:00Z"));
        assertThat(key.disabled()).isTrue();
        KeyTerms terms = key.terms();
        assertThat(terms.name()).isEqualTo("team-a");
        assertThat(terms.tenant("other")).isEqualTo("acme");
        assertThat(terms.models().allows("org/one")).isTrue();
        assertThat(terms.models().allows("own")).isTrue();
        assertThat(terms.models().allows("own2")).isFalse();
        assertThat(terms.priority()).isEqualTo(3);
        assertThat(terms.admin()).isTrue();
    }

    @Test
    void what_is_left_out_is_no_limit() {
        KeyEntry key = parse("{'keys': [{'name': 'a', 'hash': 'HASH'}]}").getFirst();
        assertThat(key.limits()).isEqualTo(KeyLimits.NONE);
        assertThat(key.refusal(new Moment(0, Long.MAX_VALUE))).isNull();
        assertThat(key.terms().models().allows("any")).isTrue();
        assertThat(key.terms().isIsolated()).isFalse();
        assertThat(key.terms().admin()).isFalse();
        assertThat(parse("{'keys': [{'name': 'a', 'hash': 'HASH', 'rate': 9}]}")
                        .getFirst()
                        .limits()
                        .burst())
                .isEqualTo(9);
        assertThat(parse("{'keys': []}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            ^^ | line 1: must be a JSON object
            [] | line 1: must be a JSON object
            {} | line 1: has no `keys`
            {'keys': {}} | line 1: `keys` must be an array
            {'key': []} | line 1: `key` is not known
            {'keys': [3]} | `keys[0]` must be an object
            {'keys': []} x | line 1: is not JSON
            {'keys': []} {} | has something behind its end
            {'keys': [{'name': 'a', 'hash': 'HASH' | is not JSON: Unexpected end
            {'keys': [{'name': 'a'}]} | `keys[0]` has no `hash`
            {'keys': [{'hash': 'HASH'}]} | `keys[0]` has no `name`
            {'keys': [{'name': 'a b'}]} | `keys[0].name` must be of letters
            {'keys': [{'name': 'key-0123456789abcdef'}]} | `keys[0].name` must not be what keys given by --api-key
            {'keys': [{'name': 'a', 'hash': 'secret'}]} | `keys[0].hash` must be sha256:
            {'keys': [{'name': 'a', 'hash': 'sha256:12'}]} | `keys[0].hash` must be sha256: and 64
            {'keys': [{'rate': 0}]} | `keys[0].rate` must be a whole number from 1
            {'keys': [{'rate': 1.5}]} | `keys[0].rate` must be a whole number
            {'keys': [{'rate': 99999999999999999999}]} | `keys[0].rate` must be a whole number
            {'keys': [{'rate': '5'}]} | `keys[0].rate` must be a whole number
            {'keys': [{'name': 'a', 'hash': 'HASH', 'burst': 5}]} | has a `burst` and no `rate`
            {'keys': [{'models': []}]} | `keys[0].models` must name a model
            {'keys': [{'models': 'm'}]} | `keys[0].models` must be an array
            {'keys': [{'priority': -1}]} | `keys[0].priority` must be a whole number from 0
            {'keys': [{'isolation': 'tenant'}]} | `keys[0].isolation` must be none, key or tenant NAME
            {'keys': [{'expires': '2027-01-31'}]} | `keys[0].expires` must be a time with its offset
            {'keys': [{'disabled': 'no'}]} | `keys[0].disabled` must be true or false
            {'keys': [{'limit': 3}]} | `keys[0].limit` is not known
            {'keys': [{'name': 'a', 'name': 'b'}]} | Duplicate
            """)
    void what_is_wrong_is_named(String text, String message) {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> parse(text))
                .withMessageStartingWith("key file k.json, line ")
                .withMessageContaining(message)
                .satisfies(wrong -> assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
    }

    @Test
    void the_line_is_told_and_no_hash_that_may_be_a_key() {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> parse("{'keys': [\n {'name': 'a',\n  'hash': 'my-real-key'}]}"))
                .withMessageContaining("line 3")
                .satisfies(wrong -> assertThat(wrong.getMessage()).doesNotContain("my-real-key"));
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> parse("{'keys': [\n{'name': 'a', 'hash': 'HASH'},\n{'name': 'b', 'hash': 'HASH'}]}"))
                .withMessageContaining("line 3: `keys[1].hash` is that of the key in line 2 too");
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> parse("{'keys': [\n{'name': 'a', 'hash': 'HASH'},\n{'name': 'a', 'hash': '"
                        + KeyHash.of("x") + "'}]}"))
                .withMessageContaining("line 3: `keys[1].name` is that of the key in line 2 too");
    }

    @Test
    void salts_come_from_the_key_and_cannot_be_forged() {
        var none = new Isolation.None();
        var key = new Isolation.ByKey();
        var acme = new Isolation.ByTenant("acme");
        assertThat(none.salt("a", null)).isNull();
        assertThat(none.salt("a", "own")).isEqualTo("own");
        String ofKey = String.valueOf(key.salt("a", null));
        String ofTenant = String.valueOf(acme.salt("a", null));
        assertThat(List.of(
                        ofKey, ofTenant, String.valueOf(key.salt("b", null)), String.valueOf(key.salt("acme", null))))
                .doesNotHaveDuplicates();
        assertThat(acme.salt("b", null)).isEqualTo(ofTenant);
        assertThat(acme.salt("b", "x")).isEqualTo(acme.salt("a", "x")).isNotEqualTo(ofTenant);
        // Whatever a client sends, it is never the salt of somebody else.
        for (String forged : List.of(ofKey, ofTenant, ofKey + ":x", "jynamo:client:own")) {
            assertThat(none.salt("c", forged)).isNotEqualTo(forged).startsWith("jynamo:client:");
            assertThat(key.salt("c", forged)).isNotEqualTo(forged).startsWith(String.valueOf(key.salt("c", null)));
        }
    }
}
