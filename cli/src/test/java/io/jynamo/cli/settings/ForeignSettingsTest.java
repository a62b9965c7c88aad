package io.jynamo.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.cli.serve.ServeSettings;
import io.jynamo.cli.settings.ForeignOptions.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignSettingsTest {
    private final Problems problems = new Problems();

    @Test
    void engines_are_told_by_flags_a_variable_or_a_list_in_a_file(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), "attach: [\"http://a:1\", \"http://b:2\"]\n");
        List<Configuration.Sources> all = List.of(
                sources(Map.of("attach", List.of("http://a:1", "http://b:2")), Map.of(), YamlFile.NONE),
                sources(Map.of(), Map.of("JYNAMO_ATTACH", "http://a:1, http://b:2"), YamlFile.NONE),
                sources(Map.of(), Map.of(), YamlFile.read(file)));
        for (Configuration.Sources sources : all) {
            ForeignOptions options = read(sources);
            assertThat(options.attach()).containsExactly(URI.create("http://a:1"), URI.create("http://b:2"));
            assertThat(options.targets())
                    .extracting(Target::url)
                    .containsExactly(Optional.of(URI.create("http://a:1")), Optional.of(URI.create("http://b:2")));
        }
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void an_engine_that_is_launched_is_one() {
        ForeignOptions options = read(Map.of("kv-events-endpoint", List.of("tcp://h:1")));
        assertThat(options.targets())
                .containsExactly(new Target(Optional.empty(), Optional.of("tcp://h:1"), Optional.empty()));
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void endpoints_go_with_the_engines_in_their_order() {
        ForeignOptions options = read(Map.of(
                "attach", List.of("http://a:1", "http://b:2"),
                "kv-events-endpoint", List.of("tcp://a:5", "tcp://b:6")));
        assertThat(options.targets())
                .extracting(Target::kvEvents)
                .containsExactly(Optional.of("tcp://a:5"), Optional.of("tcp://b:6"));
        assertThat(options.targets()).extracting(Target::kvReplay).containsOnly(Optional.empty());
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void endpoints_of_some_engines_only_are_refused() {
        read(Map.of(
                "attach", List.of("http://a:1", "http://b:2"),
                "kv-events-endpoint", List.of("tcp://a:5"),
                "kv-replay-endpoint", List.of("tcp://a:5", "tcp://b:5", "tcp://c:5")));
        assertThat(problems.found())
                .containsExactly(
                        "kv-events-endpoint is given 1 times for 2 engines: give one per attach, in their order, or none",
                        "kv-replay-endpoint is given 3 times for 2 engines: give one per attach, in their order, or none");
    }

    @Test
    void the_same_engine_twice_is_refused_however_it_is_written() {
        for (String again : List.of("http://a", "http://A:80", "http://a:80/", "HTTP://a/")) {
            var found = new Problems();
            assertThat(AttachedUrls.read(List.of("http://a:80", again), 8, found))
                    .hasSize(1);
            assertThat(found.found())
                    .as(again)
                    .containsExactly("attach: " + again + " is given twice; an engine is" + " joined once");
        }
        var none = new Problems();
        List<String> others = List.of("http://a:80", "https://a:80", "http://a:81", "http://b:80", "http://a:80/x");
        assertThat(AttachedUrls.read(others, 8, none)).hasSameSizeAs(others);
        assertThat(none.found()).isEmpty();
    }

    @Test
    void what_is_no_url_of_a_server_and_too_many_are_told_together() {
        for (String wrong : List.of("", " ", "localhost:8000", "/v1", "http://")) {
            var found = new Problems();
            assertThat(AttachedUrls.read(List.of(wrong, "http://a:1"), 1, found))
                    .hasSize(1);
            assertThat(found.found()).as(wrong).hasSize(2).satisfies(told -> {
                assertThat(told.getFirst()).startsWith("attach: a process joins 1 engines at most, not 2");
                assertThat(told.getLast()).startsWith("attach: '" + wrong + "' is no URL: ");
            });
        }
    }

    @Test
    void a_size_of_data_parallel_ranks_is_for_each() {
        ForeignOptions options = read(Map.of(
                "attach", List.of("http://a:1", "http://b:2"),
                "data-parallel-size", List.of("4")));
        assertThat(options.dataParallelSize()).hasValue(4);
        assertThat(problems.found()).isEmpty();
    }

    private ForeignOptions read(Map<String, List<String>> flags) {
        return read(sources(flags, Map.of(), YamlFile.NONE));
    }

    private static Configuration.Sources sources(
            Map<String, List<String>> flags, Map<String, String> environment, YamlFile file) {
        Map<String, List<String>> all = new HashMap<>(flags);
        all.put("engine", List.of("vllm"));
        all.put("model", List.of("m"));
        return new Configuration.Sources(all, environment, file);
    }

    private ForeignOptions read(Configuration.Sources sources) {
        return ForeignSettings.read(Configuration.resolve(ServeSettings.ALL, sources, problems), List.of(), problems);
    }
}
