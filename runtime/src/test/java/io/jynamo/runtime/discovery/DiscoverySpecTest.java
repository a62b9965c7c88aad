package io.jynamo.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoverySpecTest {
    @TempDir
    Path folder;

    @Test
    void memory_is_this_process() {
        assertThat(DiscoverySpec.parse("memory")).isEqualTo(new DiscoverySpec.Memory());
        try (Discovery worker = DiscoverySpec.parse("memory").open();
                Discovery frontend = DiscoverySpec.parse("memory").open()) {
            Told told = new Told();
            frontend.watch("spec", told);
            worker.publish(Told.entry("spec/a", "1"));
            told.awaitPresent(Map.of("spec/a", "1"));
        }
    }

    @Test
    void a_folder_is_named_by_its_path() {
        assertThat(DiscoverySpec.parse("file:/var/graph"))
                .isEqualTo(new DiscoverySpec.File(Path.of("/var/graph"), Duration.ofSeconds(10)));
        assertThat(DiscoverySpec.parse("file:///var/graph?ttl=1500ms"))
                .isEqualTo(new DiscoverySpec.File(Path.of("/var/graph"), Duration.ofMillis(1_500)));
        assertThat(DiscoverySpec.parse("file:graph"))
                .isEqualTo(new DiscoverySpec.File(Path.of("graph").toAbsolutePath(), Duration.ofSeconds(10)));
        try (Discovery discovery =
                DiscoverySpec.parse("file:" + folder.resolve("made")).open()) {
            discovery.publish(Told.entry("a", "1"));
            assertThat(folder.resolve("made/a.entry")).exists();
        }
    }

    @Test
    void etcd_is_named_by_its_members() throws IOException {
        assertThat(DiscoverySpec.parse("etcd://a:2379,10.0.0.1:1,[::1]:2379"))
                .isEqualTo(new DiscoverySpec.Etcd(EtcdOptions.at("a:2379", "10.0.0.1:1", "[::1]:2379")));
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        DiscoverySpec spec = DiscoverySpec.parse("etcd://a:1?ttl=2m&patience=500ms&prefix=/x/y/&user=me&password-file="
                + password + "&ca=/ca&cert=/cert&key=/key");
        assertThat(spec)
                .isEqualTo(new DiscoverySpec.Etcd(EtcdOptions.at("a:1")
                        .withTtl(Duration.ofMinutes(2))
                        .withPatience(Duration.ofMillis(500))
                        .withPrefix("/x/y/")
                        .withLogin(new EtcdOptions.Login("me", "secret"))
                        .withTls(new EtcdOptions.Tls(
                                Optional.of(Path.of("/ca")),
                                Optional.of(new EtcdOptions.Own(Path.of("/cert"), Path.of("/key")))))));
        assertThat(spec.toString()).contains("me").doesNotContain("secret");
        assertThat(DiscoverySpec.parse("etcd://a:1?tls=true"))
                .isEqualTo(new DiscoverySpec.Etcd(
                        EtcdOptions.at("a:1").withTls(new EtcdOptions.Tls(Optional.empty(), Optional.empty()))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Memory",
                "memory?ttl=10s",
                "file:",
                "file://host/graph",
                "file:/graph?ttl=10",
                "file:/graph?ttl=0s",
                "file:/graph?ttl=11m",
                "file:/graph?ttl=10s&ttl=10s",
                "file:/graph?color=red",
                "file:/graph?",
                "file:/graph?ttl",
                "file:/a\0b",
                "etcd://",
                "etcd:a:1",
                "etcd://a",
                "etcd://a:1,",
                "etcd://a:99999",
                "etcd://a:1/x",
                "etcd://user:secret@a:1",
                "etcd://a:1?ttl=1s",
                "etcd://a:1?ttl=2500ms",
                "etcd://a:1?patience=1ms",
                "etcd://a:1?prefix=x",
                "etcd://a:1?prefix=//",
                "etcd://a:1?user=me",
                "etcd://a:1?user=me&password-file=/nowhere/password",
                "etcd://a:1?cert=/c",
                "etcd://a:1?tls=maybe",
                "zookeeper://a:1"
            })
    void what_is_none_is_refused_with_what_is_allowed(String spec) {
        assertThatThrownBy(() -> DiscoverySpec.parse(spec))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("etcd");
    }

    @Test
    void kubernetes_is_known_and_not_built_yet() {
        assertThatThrownBy(() -> DiscoverySpec.parse("kubernetes"))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_IMPLEMENTED))
                .hasMessageContaining("kubernetes is not built yet");
    }
}
