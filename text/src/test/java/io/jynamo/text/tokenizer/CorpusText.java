package io.jynamo.text.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Real text to tokenize: the sources and documents of the oracle's own packages, and mixtures of scripts. */
final class CorpusText {
    private static final int[] SCRIPTS = {
        0x20, 0x41, 0xC0, 0x300, 0x391, 0x410, 0x5D0, 0x627, 0x905, 0xE01, 0x1100, 0x3041, 0x4E00, 0xAC00, 0x1F600,
        0x2010, 0x10400
    };

    private CorpusText() {}

    /** Files of the oracle's packages, by path; a list that may be changed. */
    static List<Path> packageFiles() throws IOException {
        try (var walk = Files.walk(Corpora.peers().resolve("tokenizers/venv/lib"))) {
            return new ArrayList<>(walk.filter(p -> p.toString().matches(".*\\.(py|pyi|txt|md|rst|json|c|h|toml)"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList());
        }
    }

    /** Some 40,000 code points of everybody's scripts, in short runs. */
    static void mixture(StringBuilder into, Random random) {
        for (int i = 0; i < 6000; i++) {
            int start = SCRIPTS[random.nextInt(SCRIPTS.length)];
            for (int n = random.nextInt(1, 9); n > 0; n--) {
                int c = start + random.nextInt(80);
                if (Character.isDefined(c)) {
                    into.appendCodePoint(c);
                }
            }
            into.append(random.nextInt(3) == 0 ? " " : random.nextInt(9) == 0 ? "\n" : "");
        }
    }
}
