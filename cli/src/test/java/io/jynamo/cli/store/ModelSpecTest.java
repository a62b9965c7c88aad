package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSpecTest {
    @TempDir
    Path folder;

    @Test
    void hubWords() {
        assertThat(ModelSpec.parse("hf:org/name")).isEqualTo(new ModelSpec.Hub("org/name", "main", null));
        assertThat(ModelSpec.parse("hf:gpt2")).isEqualTo(new ModelSpec.Hub("gpt2", "main", null));
        assertThat(ModelSpec.parse("hf:org/name@v1.0")).isEqualTo(new ModelSpec.Hub("org/name", "v1.0", null));
        assertThat(ModelSpec.parse("hf:org/name/a-Q4_0.gguf"))
                .isEqualTo(new ModelSpec.Hub("org/name", "main", "a-Q4_0.gguf"));
        assertThat(ModelSpec.parse("hf:org/name@v1/sub/a.gguf"))
                .isEqualTo(new ModelSpec.Hub("org/name", "v1", "sub/a.gguf"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hf:org/name", "hf:org/name@v1", "hf:org/name/x.gguf", "hf:org/name@v1/s/x.gguf", "gemma3-270m"})
    void textParsesToTheSame(String word) {
        assertThat(ModelSpec.parse(word).text()).isEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf:",
                "hf:/",
                "hf:../x",
                "hf:a/b/c",
                "hf:a/b@",
                "hf:a b/c",
                "hf:a/..%2f",
                "hf:-a/b",
                "hf:a/b/../c.gguf"
            })
    void malformedHubWords(String word) {
        assertThatThrownBy(() -> ModelSpec.parse(word))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("hf:org/name");
    }

    @Test
    void aliasesAndPaths() throws IOException {
        assertThat(ModelSpec.parse(Catalogue.DEFAULT)).isInstanceOf(ModelSpec.Alias.class);
        Path file = Files.createFile(folder.resolve("m.gguf"));
        assertThat(ModelSpec.parse(file.toString())).isEqualTo(new ModelSpec.Local(file));
        assertThat(ModelSpec.parse(folder.toString())).isEqualTo(new ModelSpec.Local(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "", "\0", "no/such/folder"})
    void unknownWordsNameTheKnownOnes(String word) {
        assertThatThrownBy(() -> ModelSpec.parse(word))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_MISSING))
                .hasMessageContaining("smollm2-135m-instruct, gemma3-270m");
    }

    @Test
    void theCatalogueIsSound() {
        assertThat(Catalogue.models()).extracting(CatalogueModel::alias).doesNotHaveDuplicates();
        assertThat(Catalogue.models()).allSatisfy(model -> {
            assertThat(model.sha256()).matches("[0-9a-f]{64}");
            assertThat(model.packages())
                    .allSatisfy(part -> assertThat(part.sha256()).matches("[0-9a-f]{64}"));
        });
        assertThat(Catalogue.find("gemma3-270m").orElseThrow().terms()).contains("Gemma Terms of Use");
    }

    @Test
    void whereTheStoreIs() {
        assertThat(ModelStore.root(Map.of("JYNAMO_HOME", "/h", "XDG_CACHE_HOME", "/c")))
                .isEqualTo(Path.of("/h/models"));
        assertThat(ModelStore.root(Map.of("XDG_CACHE_HOME", "/c"))).isEqualTo(Path.of("/c/jynamo/models"));
        assertThat(ModelStore.root(Map.of()))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache/jynamo/models"));
    }

    @Test
    void settingsFromTheEnvironment() {
        assertThat(HubSettings.of(Map.of()).token()).isNull();
        assertThat(HubSettings.of(Map.of("HF_ENDPOINT", "http://127.0.0.1:1/x/"))
                        .endpoint())
                .hasToString("http://127.0.0.1:1/x");
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", "file:///etc")))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("HF_ENDPOINT");
    }

    @Test
    void modelsThatAreNotHereSayWhatToType() {
        ModelStore store = ModelStore.of(Map.of("JYNAMO_HOME", folder.toString()));
        assertThat(store.find("gemma3-270m")).isEmpty();
        assertThat(store.list()).isEmpty();
        assertThatThrownBy(() -> store.resolve("gemma3-270m")).hasMessageContaining("jynamo pull gemma3-270m");
    }

    @Test
    void foldersThatCannotBeReadAreListedWithTheReason() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("models/broken"));
        new Manifest("broken", "test", "", "mit").write(broken);
        ModelStore store = ModelStore.of(Map.of("JYNAMO_HOME", folder.toString()));
        assertThat(store.list()).singleElement().satisfies(row -> {
            assertThat(row.name()).isEqualTo("broken");
            assertThat(row.problem()).contains("neither a config.json nor a .gguf");
        });
    }
}
