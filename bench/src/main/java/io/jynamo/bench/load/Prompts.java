package io.jynamo.bench.load;

import java.util.random.RandomGenerator;

/** A source of prompt text, already escaped for a JSON string. */
interface Prompts {
    /** Appends text of about {@code tokens} tokens. */
    void append(ByteSink target, int tokens, RandomGenerator random);
}
