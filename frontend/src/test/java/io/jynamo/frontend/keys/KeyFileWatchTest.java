package io.jynamo.frontend.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileWatchTest {
    @TempDir
    Path folder;

    private final KeyRing ring = new KeyRing(List.of("by-flag"), true, KeyClock.SYSTEM, AuditSink.NONE);

    private static String document(String... secrets) {
        StringBuilder keys = new StringBuilder();
        for (String secret : secrets) {
            keys.append(keys.isEmpty() ? "" : ",\n")
                    .append("{\"name\": \"" + secret + "\", \"hash\": \"" + KeyHash.of(secret) + "\", \"rate\": 5}");
        }
        return "{\"keys\": [" + keys + "]}";
    }

    private @Nullable String refusal(String key) {
        return ring.visit(new Guest("GET", "/", List.of(key), null)).refusal();
    }

    @Test
    void changes_are_taken_and_what_is_wrong_leaves_what_was_there() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.json"), document("one"));
        try (KeyFileWatch watch = KeyFileWatch.open(file, ring)) {
            assertThat(refusal("one")).isNull();
            assertThat(refusal("by-flag")).isNull();
            assertThat(refusal("two")).isNotNull();
            // The same size at about the same time.
            Files.writeString(file, document("two"));
            watch.look();
            assertThat(refusal("one")).isNotNull();
            assertThat(refusal("two")).isNull();
            assertThat(watch.reloads()).isEqualTo(1);
            for (String broken : List.of("", document("one", "two").substring(0, 90), "{}", "[1]")) {
                Files.writeString(file, broken);
                watch.look();
                watch.look();
                assertThat(refusal("two")).isNull();
                assertThat(refusal("by-flag")).isNull();
            }
            assertThat(watch.failures()).isEqualTo(4);
            Files.delete(file);
            watch.look();
            watch.look();
            assertThat(watch.failures()).isEqualTo(5);
            assertThat(refusal("two")).isNull();
            Path fresh = Files.writeString(folder.resolve("fresh"), document("three"));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            watch.look();
            assertThat(refusal("three")).isNull();
            assertThat(refusal("two")).isNotNull();
            Files.writeString(file, "{\"keys\": []}");
            watch.look();
            assertThat(refusal("three")).isNotNull();
            assertThat(ring.isOpen()).isFalse();
            assertThat(watch.reloads()).isEqualTo(3);
        }
    }

    @Test
    void a_link_that_is_turned_is_seen() throws IOException {
        Path first = Files.writeString(folder.resolve("first"), document("one"));
        Path second = Files.writeString(folder.resolve("second"), document("two"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), first);
        try (KeyFileWatch watch = KeyFileWatch.open(link, ring)) {
            Files.createSymbolicLink(folder.resolve("next"), second);
            Files.move(folder.resolve("next"), link, StandardCopyOption.ATOMIC_MOVE);
            watch.look();
            assertThat(refusal("two")).isNull();
            assertThat(refusal("one")).isNotNull();
        }
    }

    @Test
    void a_key_that_stays_keeps_what_it_has_taken() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.json"), document("one"));
        try (KeyFileWatch watch = KeyFileWatch.open(file, ring)) {
            KeyVisit running = ring.visit(new Guest("POST", "/", List.of("one"), null));
            assertThat(running.tryEnter()).isNull();
            Files.writeString(file, document("one", "two"));
            watch.look();
            assertThat(ring.counts().get("one"))
                    .extracting(KeyCounts::running, KeyCounts::requests)
                    .containsExactly(1L, 1L);
            Files.writeString(file, document("two"));
            watch.look();
            assertThat(ring.counts()).doesNotContainKey("one");
            running.onOver(); // it ends as if nothing had been
            assertThat(refusal("one")).isNotNull();
        }
    }

    @Test
    void a_server_does_not_begin_with_a_file_that_is_wrong() throws IOException {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> KeyFileWatch.open(folder.resolve("none"), ring))
                .withMessageContaining("does not exist");
        Path broken = Files.writeString(folder.resolve("broken"), "{\"keys\": [\n7]}");
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> KeyFileWatch.open(broken, ring))
                .withMessageContaining("broken, line 2: `keys[0]` must be an object");
    }
}
