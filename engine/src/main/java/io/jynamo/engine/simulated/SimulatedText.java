package io.jynamo.engine.simulated;

import io.jynamo.protocol.TokenIds;
import java.util.function.Function;

/**
 * Readable answers: sentences put together from phrases, chosen by the prompt and the seed. Phrases are encoded once, so
 * an answer is copies of ids.
 */
public final class SimulatedText implements AnswerSource {
    private static final String[] SUBJECTS = {
        "The harbour", "A quiet road", "The old library", "This small engine", "The morning train",
                "A patient gardener",
        "The northern coast", "An open window", "The village market", "A careful reader", "The long bridge", "The river"
    };
    private static final String[] VERBS = {
        " keeps",
        " remembers",
        " follows",
        " carries",
        " measures",
        " answers",
        " gathers",
        " crosses",
        " repeats",
        " explains",
        " holds",
        " watches"
    };
    private static final String[] OBJECTS = {
        " the light of the evening", " a letter from the city", " every step of the way", " the names of the boats",
        " one question after another", " the weight of the rain", " a map without borders",
                " the first words of a song",
        " the shape of the hills", " a handful of seeds", " the sound of distant bells", " the rest of the story"
    };
    private static final String[] ENDINGS = {
        ".",
        " before noon.",
        " in silence.",
        " once more.",
        " with great care.",
        " for a while.",
        " and waits.",
        " again."
    };

    private final int[][][] parts;
    private final int meanTokens;

    /**
     * @param encode text to ids, as the served tokenizer does it without special tokens
     * @param meanTokens length of an answer on average; single ones are half to one and a half times as long
     */
    public SimulatedText(Function<String, int[]> encode, int meanTokens) {
        if (meanTokens < 2) {
            throw new IllegalArgumentException("meanTokens must be at least 2: " + meanTokens);
        }
        this.meanTokens = meanTokens;
        String[][] texts = {SUBJECTS, VERBS, OBJECTS, ENDINGS};
        parts = new int[texts.length + 1][][];
        for (int i = 0; i < texts.length; i++) {
            parts[i] = encodeAll(texts[i], "", encode);
        }
        parts[texts.length] = encodeAll(SUBJECTS, " ", encode); // of every sentence but the first
    }

    @Override
    public int[] answer(TokenIds prompt, long seed, int maxTokens) {
        long state = seed;
        for (int i = Math.max(0, prompt.count() - 256); i < prompt.count(); i++) {
            state = state * 0x9E3779B97F4A7C15L + prompt.at(i);
        }
        long length = meanTokens / 2 + Long.remainderUnsigned(mix(state), meanTokens);
        int[] answer = new int[(int) Math.min(length + 1, maxTokens)];
        int count = 0;
        for (int phrase = 0; count < answer.length; phrase++) {
            int kind = phrase % 4;
            int[][] choices = kind == 0 && phrase > 0 ? parts[4] : parts[kind];
            state += 0x9E3779B97F4A7C15L;
            int[] ids = choices[(int) Long.remainderUnsigned(mix(state), choices.length)];
            int taken = Math.min(ids.length, answer.length - count);
            System.arraycopy(ids, 0, answer, count, taken);
            count += taken;
        }
        return answer;
    }

    private static int[][] encodeAll(String[] texts, String before, Function<String, int[]> encode) {
        int[][] ids = new int[texts.length][];
        for (int i = 0; i < texts.length; i++) {
            ids[i] = encode.apply(before + texts[i]);
            if (ids[i].length == 0) {
                throw new IllegalArgumentException("the tokenizer gives no ids for '" + before + texts[i] + "'");
            }
        }
        return ids;
    }

    /** The output function of SplitMix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
