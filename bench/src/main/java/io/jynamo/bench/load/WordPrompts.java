package io.jynamo.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * What most load generators send: common words drawn from a short list, each one token in most vocabularies. It flatters
 * tokenizers that remember words; {@link TextPrompts} does not.
 */
final class WordPrompts implements Prompts {
    private static final String[] WORDS =
            ("apple arm autumn bag ball bank base bath beach bed bell bird block blue boat"
                            + " body bone book bottle box branch bread bridge brother brown bus cake camp car card case cat"
                            + " chair cheese child church circle city class clock cloud coat coffee cold color corn corner"
                            + " cotton country cover cow cross crowd cup dance day deep desk dinner dog door dress drink dry"
                            + " dust ear earth east edge egg engine evening event eye face fact farm father field finger fire"
                            + " fish flag floor flower food foot forest friend front fruit garden gate glass gold grass green"
                            + " ground group hair hall hand hat head heart heat hill home horse hotel hour house ice island"
                            + " jacket key king kitchen knee lake lamp land leaf leg letter light line lion list machine map"
                            + " market meat metal milk mind mirror money month moon morning mother mountain mouth music name"
                            + " neck night north nose note office oil orange page paper park party path pen person picture"
                            + " place plant plate pocket point pool queen rain red rice ring river road rock roof room rope"
                            + " rose salt sand school sea season seed shadow shape sheep ship shirt shoe shop silver sister"
                            + " sky smoke snow soap south spring square star station step stone store storm story street sugar"
                            + " summer sun table tail tea test ticket time town train tree truck valley village voice wall"
                            + " water wave west wheel white wind window winter wood word work world yard year yellow")
                    .split(" ");
    private static final byte[][] SPACED = new byte[WORDS.length][];

    static {
        for (int i = 0; i < WORDS.length; i++) {
            SPACED[i] = (" " + WORDS[i]).getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Override
    public void append(ByteSink target, int tokens, RandomGenerator random) {
        for (int i = 0; i < tokens; i++) {
            byte[] word = SPACED[random.nextInt(SPACED.length)];
            target.add(word, 0, word.length);
        }
    }
}
