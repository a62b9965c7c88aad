package io.jynamo.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a/.", "../a", "a b", "a\nb", "ä", "a~b", "a%2Fb",
                "a\0", "a:b", "a\\b"
            })
    void a_key_that_is_no_path_of_plain_segments_is_refused(String key) {
        assertThatThrownBy(() -> new Entry(key, new byte[0]))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "instances/blue/generate/1f", "-", "_", "a..b", "...", ".hidden/..x", "A.B_C-9"})
    void a_key_of_plain_segments_is_taken(String key) {
        assertThat(new Entry(key, new byte[0]).key()).isEqualTo(key);
        assertThat(FileRecord.key(FileRecord.fileName(key))).contains(key);
    }

    @Test
    void keys_and_values_are_bounded() {
        assertThat(new Entry("k".repeat(Entry.MAX_KEY), new byte[Entry.MAX_VALUE]).value())
                .hasSize(Entry.MAX_VALUE);
        assertThat(FileRecord.fileName("k".repeat(Entry.MAX_KEY))).hasSizeLessThanOrEqualTo(255);
        assertThatThrownBy(() -> new Entry("k".repeat(Entry.MAX_KEY + 1), new byte[0]))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("241");
        assertThatThrownBy(() -> new Entry("k", new byte[Entry.MAX_VALUE + 1]))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("1048577");
    }

    @Test
    void entries_are_compared_by_content_and_nobody_changes_them() {
        byte[] value = {1, 2};
        Entry entry = new Entry("a", value);
        value[0] = 9;
        entry.value()[1] = 9;
        assertThat(entry).isEqualTo(new Entry("a", new byte[] {1, 2})).hasSameHashCodeAs(new Entry("a", new byte[] {1, 2
        }));
        assertThat(entry).isNotEqualTo(new Entry("b", new byte[] {1, 2})).isNotEqualTo(new Entry("a", new byte[] {1}));
        assertThat(entry).hasToString("a (2 bytes)");
    }
}
