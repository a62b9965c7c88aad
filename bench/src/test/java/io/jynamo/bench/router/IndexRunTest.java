package io.jynamo.bench.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench sees what is wrong, and over the recorded streams nothing is. */
class IndexRunTest {
    private static final Path CORPORA = Path.of(
            System.getenv().getOrDefault("JYNAMO_PEERS", System.getProperty("user.home") + "/.cache/jynamo-peers"),
            "index-bench/corpora");

    @TempDir
    private Path folder;

    @Test
    void checksTheAnswersOfACorpus() throws IOException {
        var run = new IndexRun(Corpus.read(corpus(2)));
        assertThat(run.mixed()).containsEntry("checked", 1L).containsEntry("wrong", 0L);
        assertThat(run.update(2)).containsEntry("block_ops", 2L);
    }

    @Test
    void tellsAWrongAnswerAndOneThatIsTooDeep() throws IOException {
        var run = new IndexRun(Corpus.read(corpus(1)));
        assertThat(run.mixed()).containsEntry("wrong", 1L).containsEntry("over", 1L);
        assertThat(run.wrongInAll()).isEqualTo(1);
    }

    @Test
    void readsThePeersFigures() {
        assertThat(IndexPeer.figures("{\"cpu_ns_per_block\":203.2,\"lookup_ns\":{\"mean\":4058,\"p50\":3215}}"))
                .isEqualTo(Map.of("cpu_ns_per_block", "203.2", "mean", "4058", "p50", "3215"));
    }

    @Test
    void everyAnswerOfTheRecordedStreamsIsRight() {
        List<String> names = List.of("w64-b64", "w64-b64-sticky");
        Assumptions.assumeTrue(
                names.stream().allMatch(name -> Files.exists(CORPORA.resolve(name + ".kvix"))),
                "not run: no corpora of the index bench at " + CORPORA);
        for (String name : names) {
            var run = new IndexRun(Corpus.read(CORPORA.resolve(name + ".kvix")));
            assertThat(run.mixed()).containsEntry("wrong", 0L);
            assertThat(run.update(2)).containsEntry("wrong", 0L);
        }
    }

    /** One worker stores two blocks; a look-up of both carries the given depth as its answer. */
    private Path corpus(long depth) throws IOException {
        long[] locals = {5, 6};
        long second = BlockHasher.chain(5, 6);
        ByteBuffer words = ByteBuffer.allocate(8 * (16 + 3 + 4 + 3 + 2 + 1)).order(ByteOrder.LITTLE_ENDIAN);
        words.put("KVIXOPS1".getBytes(StandardCharsets.US_ASCII));
        words.putInt(1).putInt(16).putInt(1).putInt(1);
        words.position(64);
        words.putLong(2).putLong(0).putLong(2);
        words.position(104);
        words.putLong(2);
        words.position(128);
        words.putLong(1).putLong(2).putLong(0);
        words.putLong(locals[0]).putLong(locals[1]).putLong(locals[0]).putLong(second);
        words.putLong(3 | (2 << 8) | (0xFFFF_FFFFL << 32))
                .putLong(2 | (1L << 32))
                .putLong(0);
        words.putLong(locals[0]).putLong(locals[1]).putLong(depth << 32);
        return Files.write(folder.resolve("tiny.kvix"), words.array());
    }
}
