package io.jynamo.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LastWordsTest {
    private static final Path FAILURES =
            Path.of(System.getProperty("jynamo.root", ".."), "../shared/data/vllm-wire/failures");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "missing-lmcache.txt|ModuleNotFoundError: No module named 'lmcache'|install the Python package lmcache",
                "kv-cache-too-small.txt|ValueError: To serve at least one request with|--kv-cache-memory-bytes",
                "missing-shared-library.txt|ImportError: libnvshmem_host.so.3: cannot open|libnvshmem_host.so.3 is not found",
                "engine-dead-bad-kv-params.txt|KeyError: 'remote_port'|kv_transfer_params"
            })
    void findsTheCause(String file, String cause, String remedy) {
        assertCause(kept(file), cause, remedy);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "block-size-unsupported.txt|ValueError: No common block size for 16|--block-size",
                "connector-unsupported-on-cpu.txt|Exception: CPU Offloading is currently only|--kv-transfer-config",
                "missing-nixl.txt|RuntimeError: NIXL is not available|package nixl"
            })
    void findsTheCauseInRecordings(String file, String cause, String remedy) throws IOException {
        Path path = FAILURES.resolve(file);
        assumeTrue(Files.exists(path), () -> "not run: there is no " + path);
        assertCause(Files.readAllLines(path), cause, remedy);
    }

    @ParameterizedTest
    @ValueSource(ints = {90, 190})
    void theCauseIsFoundFarAboveTheTail(int lines) {
        LastWords words = new LastWords();
        words.on("(Worker pid=7) ERROR 11-27 09:00:00 [core.py:1] ValueError: the cause", 0);
        for (int i = 1; i < lines; i++) {
            words.on(
                    "(EngineCore pid=6) ERROR 11-27 09:00:01 [core.py:" + i + "]   File \"x.py\", line " + i,
                    seconds(1));
        }
        words.on(
                "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}",
                seconds(2));
        words.on("resource_tracker: There appear to be 1 leaked shared_memory objects", seconds(2));
        assertThat(words.cause(seconds(3))).contains("ValueError: the cause");
        assertThat(words.tail()).noneMatch(line -> line.contains("the cause"));
    }

    @Test
    void whatOnlyPointsAtACauseIsTakenWhereThereIsNoOther() {
        String line = "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}";
        LastWords words = new LastWords();
        words.on(line, 0);
        assertThat(words.cause(1)).contains(line);
        words.on("ValueError: the cause after all", seconds(1));
        assertThat(words.cause(seconds(2))).contains("ValueError: the cause after all");
        words.on(line, seconds(60));
        assertThat(words.cause(seconds(61))).contains("ValueError: the cause after all");
    }

    @Test
    void whatItGotOverIsNotTheCause() {
        LastWords words = new LastWords();
        words.on("ImportError: an optional thing is missing", 0);
        words.ready();
        assertThat(words.cause(seconds(1))).isEmpty();
        words.on("ValueError: of a request long ago", seconds(10));
        assertThat(words.cause(seconds(600))).isEmpty();
        words.on("KeyError: 'at last'", seconds(610));
        words.on("IndexError: that followed from it", seconds(611));
        assertThat(words.cause(seconds(612))).contains("KeyError: 'at last'");
    }

    @Test
    void warningsThatNameErrorsAreNoCause() {
        LastWords words = new LastWords();
        words.on("(APIServer pid=1) WARNING 11-26 18:25:09 [system_utils.py:255] like `OSError: [Errno 24] x`.", 0);
        words.on("sh: 1: exec: vllm: not found", 0);
        assertThat(words.cause(1)).contains("sh: 1: exec: vllm: not found");
        assertThat(Remedy.of(words.cause(1).orElseThrow())).contains("not in PATH");
    }

    @Test
    void keepsABoundedTail() {
        LastWords words = new LastWords();
        for (int i = 0; i < 1000; i++) {
            words.on("line " + i + " " + "x".repeat(2000), i);
        }
        assertThat(words.tail())
                .hasSize(40)
                .last()
                .asString()
                .startsWith("line 999 ")
                .hasSizeLessThan(700);
    }

    @Test
    void knowsRemedies() {
        assertThat(Remedy.of("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate"))
                .contains("GPU is full");
        assertThat(Remedy.of("OSError: [Errno 98] Address already in use")).contains("port is taken");
        assertThat(Remedy.of("ImportError: libcuda.so.1: cannot open shared object file"))
                .contains("libcuda.so.1");
        assertThat(Remedy.of("SomethingElse: odd")).isEmpty();
    }

    private static void assertCause(List<String> lines, String cause, String remedy) {
        LastWords words = new LastWords();
        long nanos = 0;
        for (String line : lines) {
            words.on(line, nanos);
            nanos += Duration.ofMillis(10).toNanos();
        }
        assertThat(words.cause(nanos))
                .hasValueSatisfying(found -> assertThat(found).startsWith(cause));
        assertThat(Remedy.of(words.cause(nanos).orElseThrow())).contains(remedy);
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    static List<String> kept(String file) {
        try (InputStream in = Objects.requireNonNull(LastWordsTest.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
