package io.jynamo.bench.embedding;

import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * How long the texts of a task are.
 *
 * @param each tokens of each text
 */
record Lengths(String name, List<Integer> each) {
    Lengths {
        each = List.copyOf(each);
    }

    /** One text alone, queries, sentences, passages at the limit, and a mixture as documents are. */
    static List<Lengths> all(int most) {
        Random random = new Random(1);
        return List.of(
                new Lengths("1 x 16", List.of(Math.min(16, most))),
                new Lengths("64 x 16", Collections.nCopies(64, Math.min(16, most))),
                new Lengths("64 x 64", Collections.nCopies(64, Math.min(64, most))),
                new Lengths("32 x " + most, Collections.nCopies(32, most)),
                new Lengths(
                        "128 x 4.." + most,
                        random.ints(128, 4, most + 1).boxed().toList()));
    }
}
