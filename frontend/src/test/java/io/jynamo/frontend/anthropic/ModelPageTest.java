package io.jynamo.frontend.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelPageTest {
    private static final List<ModelPage.Entry> ALL = Stream.of("a", "b", "c", "d")
            .map(name -> new ModelPage.Entry(name, 0, 9))
            .toList();

    private static String names(ModelPage page) {
        return String.join("", page.models().stream().map(ModelPage.Entry::name).toList())
                + (page.hasMore() ? "+" : "");
    }

    @Test
    void pages_go_forwards_and_backwards() {
        assertThat(names(ModelPage.of(ALL, null, null, null))).isEqualTo("abcd");
        assertThat(names(ModelPage.of(ALL, "2", null, null))).isEqualTo("ab+");
        assertThat(names(ModelPage.of(ALL, "2", "b", null))).isEqualTo("cd");
        assertThat(names(ModelPage.of(ALL, "2", "d", null))).isEmpty();
        assertThat(names(ModelPage.of(ALL, "2", null, "d"))).isEqualTo("bc+");
        assertThat(names(ModelPage.of(ALL, "2", null, "a"))).isEmpty();
        assertThat(names(ModelPage.of(ALL, "9", "a", "d"))).isEqualTo("bc");
    }

    @Test
    void a_page_of_nothing_names_nobody() {
        assertThat(new String(ModelPage.of(List.of(), null, null, null).write(), StandardCharsets.UTF_8))
                .isEqualTo("{\"data\":[],\"has_more\":false,\"first_id\":null,\"last_id\":null}");
    }
}
