package io.jynamo.cli.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.cli.graph.supervision.GraphStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each recipe that can run here is started by its name and answers one streamed request. */
class RecipesTest {
    private static final Path HOME = Path.of(System.getProperty("user.home"));
    private static final Path PEERS = Path.of(System.getenv()
            .getOrDefault("JYNAMO_PEERS", HOME.resolve(".cache/jynamo-peers").toString()));
    private static final Path MODEL = PEERS.resolve("models/SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final Path VLLM = PEERS.resolve("vllm/bin/vllm");
    private static final Path TINY = PEERS.resolve("tiny");

    /** One thread that is not pinned: spinning threads starve each other on a small machine. And nothing is sent home. */
    private static final Map<String, String> FOR_VLLM = Map.of(
            "OMP_NUM_THREADS", "1",
            "VLLM_CPU_OMP_THREADS_BIND", "nobind",
            "HF_HUB_OFFLINE", "1",
            "VLLM_NO_USAGE_STATS", "1",
            "DO_NOT_TRACK", "1",
            "LMCACHE_TRACK_USAGE", "false");

    private GraphRun run;

    @BeforeEach
    void makeRoom() throws Exception {
        run = new GraphRun();
    }

    @AfterEach
    void endAll() throws Exception {
        run.close();
    }

    @Test
    void all_that_are_there_can_be_named_and_say_what_they_show() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("jynamo.root"), "recipes"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Recipes.NAMES.stream().map(name -> name + ".yaml").toList());
        }
        assertThat(Recipes.NAMES).allSatisfy(name -> {
            assertThat(Recipes.shows(name)).as(name).isNotBlank().hasSizeLessThan(84);
            assertThat(Recipes.recipe(name).lines().filter(line -> line.startsWith("#")))
                    .as(name)
                    .hasSize(1);
        });
    }

    @Test
    void one_embedded_worker_answers() throws Exception {
        embeddedAnswers("agg");
    }

    @Tag("long") // it asks nothing of two workers that the other tests of graphs do not
    @Test
    void two_embedded_workers_answer() throws Exception {
        embeddedAnswers("agg-2-workers");
    }

    private void embeddedAnswers(String recipe) throws Exception {
        assumeTrue(Files.exists(MODEL), () -> "not run: there is no " + MODEL);
        answers(
                recipe,
                "smollm2-135m-instruct",
                "worker.model=" + MODEL,
                "worker.served-model-name=smollm2-135m-instruct",
                "worker.max-model-len=512");
    }

    @Tag("long")
    @Timeout(900)
    @ParameterizedTest
    @ValueSource(strings = {"vllm-agg", "vllm-agg-lmcache"})
    void a_recipe_with_vllm_answers(String recipe) throws Exception {
        assumeTrue(
                Files.exists(VLLM) && Files.exists(PEERS.resolve("vllm/ready")) && Files.exists(TINY),
                () -> "not run: there is no vLLM in " + PEERS);
        FOR_VLLM.forEach(run::set);
        List<String> overrides = new ArrayList<>(
                List.of(
                        "worker.model=" + TINY,
                        "worker.served-model-name=tiny",
                        "worker.engine-command=" + VLLM,
                        "worker.max-model-len=2048",
                        "worker.engine-flags=--dtype bfloat16 --enforce-eager --block-size 32 --kv-cache-memory-bytes 67108864"));
        if (recipe.contains("lmcache")) {
            overrides.add("worker.lmcache-max-local-cpu-gb=1");
        }
        answers(recipe, "tiny", overrides.toArray(String[]::new));
    }

    private void answers(String recipe, String model, String... overrides) throws Exception {
        List<String> line = new ArrayList<>(List.of("up", recipe, "-d", "--set", "frontend.port=0"));
        for (String override : overrides) {
            line.addAll(List.of("--set", override));
        }
        GraphRun.Result up = run.run(line.toArray(String[]::new));
        assertThat(up.exitCode()).as(up.err()).isZero();
        GraphStatus status = run.control(recipe).status();
        String frontend = status.addresses().getFirst();
        assertThat(up.out().strip()).isEqualTo("ready " + frontend);
        GraphRun.awaitModel(frontend, model);
        String answer = GraphRun.stream(frontend, model, 8);
        assertThat(answer.toLowerCase(Locale.ROOT)).contains("data:", "[done]").doesNotContain("\"error\"");
        assertThat(run.run("stop", recipe).exitCode()).isZero();
        assertThat(GraphRun.pids(status)).noneMatch(GraphRun::runs);
    }
}
