package io.jynamo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenHashTest {
    @Test
    void agreesWithTheLibraryAtEveryLengthItServes() {
        SplittableRandom random = new SplittableRandom(1);
        int served = 0;
        for (int tokens = 1; tokens <= 1_100; tokens++) {
            if (!TokenHash.served(tokens)) {
                continue;
            }
            served++;
            long seed = tokens % 3 == 0 ? 1337 : random.nextLong();
            Hasher64 library = Hashing.xxh3_64(seed);
            TokenHash ours = new TokenHash(tokens, seed);
            int[] ids = random.ints(tokens + 7).toArray();
            int from = random.nextInt(7);
            assertThat(ours.hash(ids, from))
                    .as("%d tokens", tokens)
                    .isEqualTo(library.hashBytesToLong(ids, 4L * from, 4L * tokens, TokenBytes.INSTANCE));
        }
        assertThat(served).isEqualTo(28 + 1_040);
    }
}
