package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import io.jynamo.cli.text.ModelText;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.TokenIds;
import io.jynamo.runtime.session.RemoteWorker;
import io.jynamo.text.Tokenizer.SpecialText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real vLLM and SGLang on the CPU, launched and offered as a user would, with the tiny model of random weights. */
@Tag("long")
@Timeout(900)
class RealEnginesTest {
    @TempDir
    private Path folder;

    private TestFleet fleet;
    private PeerEngines peers;
    private Path model;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
        peers = new PeerEngines(fleet, folder);
        model = PeerEngines.model();
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    @Test
    void eachRankOfVllmComputesWhatItIsSentAndTellsItsOwnBlocks() throws Exception {
        FleetFrontend frontend = fleet.frontend();
        peers.vllm("--data-parallel-size", "2");
        TestFleet.await("both ranks", () -> TestFleet.ready(frontend) == 2);
        assertBlocksAreToldByWhoeverComputes(frontend);
        String again = fleet.complete(frontend, "tiny", prompt(0), 1).body();
        String third = fleet.complete(frontend, "tiny", prompt(0), 1).body();
        assertThat(List.of(again, third))
                .as("one of the two ranks has it, and says so at its end")
                .anyMatch(body -> body.matches("(?s).*\"cached_tokens\":[1-9][0-9]*}.*"));
        assertASecondRequestGoesWhereItsPrefixIs();
    }

    /** By the engine's own count: all full blocks of the first prompt are cached wherever the second one comes. */
    private void assertASecondRequestGoesWhereItsPrefixIs() throws Exception {
        FleetFrontend aware = fleet.frontend("prefix-affinity");
        TestFleet.await("both ranks", () -> TestFleet.ready(aware) == 2);
        TestFleet.await(
                "an answer", () -> fleet.complete(aware, "tiny", prompt(50), 1).statusCode() == 200);
        List<Integer> cached = new ArrayList<>();
        List<Integer> possible = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String head = prompt(100 + i);
            fleet.complete(aware, "tiny", head, 1);
            int blocks = hashes(head).size();
            String tail = head + " and so on " + i;
            TestFleet.await("the event of it", () -> expects(aware, tail) >= blocks - 1);
            String second = fleet.complete(aware, "tiny", tail, 1).body();
            cached.add(Integer.valueOf(second.replaceAll("(?s).*\"cached_tokens\":([0-9]+).*", "$1")));
            possible.add((blocks - 1) * PeerEngines.BLOCK);
        }
        for (int i = 0; i < cached.size(); i++) {
            assertThat(cached.get(i)).as("cached %s of %s", cached, possible).isGreaterThanOrEqualTo(possible.get(i));
        }
    }

    /** Leading blocks that the router expects the worker to have which it would choose. */
    private int expects(FleetFrontend frontend, String prompt) {
        String body = fleet.post(
                        frontend.address().resolve("/v1/route/explain"),
                        "{\"model\":\"tiny\",\"max_tokens\":1,\"prompt\":\"" + prompt + "\"}")
                .body();
        return Integer.parseInt(body.replaceAll("(?s).*?\"cached_blocks\":([0-9]+).*", "$1"));
    }

    @Test
    void adaptersOfVllmAreServedAsModelsAndTheirBlocksToldApart() throws Exception {
        FleetFrontend frontend = fleet.frontend();
        Path adapter = TinyAdapter.write(model, folder.resolve("adapter"));
        peers.vllm("--enable-lora", "--max-lora-rank", "8", "--lora-modules", "sql=" + adapter);
        TestFleet.await("its worker", () -> TestFleet.ready(frontend) == 1);
        Set<Long> told = ConcurrentHashMap.newKeySet();
        fleet.own(frontend.workers().getFirst().subscribe(event -> {
            if (event instanceof KvEvent.Stored stored) {
                Arrays.stream(stored.blocks().sequence()).forEach(told::add);
            }
        }));
        TestFleet.await(
                "an answer", () -> fleet.complete(frontend, "sql", prompt(0), 4).statusCode() == 200);
        Set<Long> own = hashes(prompt(0), new CacheScope("sql", null));
        TestFleet.await("the adapter's blocks", () -> told.containsAll(own));
        String base = fleet.complete(frontend, "tiny", prompt(0), 4).body();
        assertThat(base).doesNotContain("\"cached_tokens\":" + own.size() * PeerEngines.BLOCK);
        TestFleet.await("the model's own blocks", () -> told.containsAll(hashes(prompt(0))));
        String adapted = fleet.complete(frontend, "sql", prompt(0), 4).body();
        assertThat(text(adapted)).as("it computes something else").isNotEqualTo(text(base));
        assertThat(Integer.parseInt(adapted.replaceAll("(?s).*\"cached_tokens\":([0-9]+).*", "$1")))
                .isGreaterThanOrEqualTo((own.size() - 1) * PeerEngines.BLOCK);
    }

    private static String text(String body) {
        return body.replaceAll("(?s).*?\"text\":(\"(?:[^\"\\\\]|\\\\.)*\").*", "$1");
    }

    @Test
    void eachRankOfSglangComputesWhatItIsSentAndTellsItsOwnBlocks() throws Exception {
        FleetFrontend frontend = fleet.frontend();
        peers.sglang("0|1", "--dp-size", "2");
        TestFleet.await("both ranks", () -> TestFleet.ready(frontend) == 2);
        assertBlocksAreToldByWhoeverComputes(frontend);
        assertASecondRequestGoesWhereItsPrefixIs();
    }

    @Test
    void sglangIsLaunchedHeardAndEnded() throws Exception {
        FleetFrontend frontend = fleet.frontend();
        WorkerNode node = peers.sglang("0-1");
        TestFleet.await("its worker", () -> TestFleet.ready(frontend) == 1);
        assertBlocksAreToldByWhoeverComputes(frontend);
        assertThat(Files.readString(log())).contains("fired up");
        node.close();
        assertThat(ProcessHandle.allProcesses()
                        .filter(process -> process.info()
                                .commandLine()
                                .filter(line -> line.contains(folder.toString()))
                                .isPresent()))
                .isEmpty();
    }

    /** As many prompts as there are workers, in turn: each worker tells exactly the blocks of some of them. */
    private void assertBlocksAreToldByWhoeverComputes(FleetFrontend frontend) throws Exception {
        Map<RemoteWorker, Set<Long>> told = new HashMap<>();
        for (RemoteWorker worker : frontend.workers()) {
            Set<Long> blocks = ConcurrentHashMap.newKeySet();
            told.put(worker, blocks);
            fleet.own(worker.subscribe(event -> {
                if (event instanceof KvEvent.Stored stored) {
                    Arrays.stream(stored.blocks().sequence()).forEach(blocks::add);
                }
            }));
        }
        List<Set<Long>> expected = new ArrayList<>();
        for (int i = 0; i < told.size(); i++) {
            String prompt = prompt(i);
            // A frontend offers the model once it has learned its texts, a moment after its workers are ready.
            TestFleet.await(
                    "an answer",
                    () -> fleet.complete(frontend, "tiny", prompt, 1).statusCode() == 200);
            expected.add(hashes(prompt));
        }
        TestFleet.await("each worker's own blocks", () -> new HashSet<>(told.values()).equals(new HashSet<>(expected)));
    }

    private Set<Long> hashes(String prompt) {
        return hashes(prompt, CacheScope.SHARED);
    }

    private Set<Long> hashes(String prompt, CacheScope scope) {
        int[] ids = ModelText.of(model).tokenizer().encode(prompt, SpecialText.PLAIN);
        return Arrays.stream(new BlockHasher(PeerEngines.BLOCK, scope)
                        .hash(TokenIds.of(ids))
                        .sequence())
                .boxed()
                .collect(Collectors.toSet());
    }

    private static String prompt(int number) {
        return IntStream.range(0, 120).mapToObj(i -> "word" + (i * 7 + number)).collect(Collectors.joining(" "));
    }

    private Path log() throws IOException {
        try (var files = Files.list(folder.resolve("files"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
