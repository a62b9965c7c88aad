package io.jynamo.conformance;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests that share prefixes: a few long system prompts, under each a tree of conversations of up to four turns, and
 * some much more popular than others, as Zipf has it. The same number is the same request.
 *
 * @param model asked
 * @param systems different system prompts
 * @param conversations under each
 * @param systemSentences sentences of a system prompt
 * @param outputTokens of each answer
 */
record PrefixLoad(String model, int systems, int conversations, int systemSentences, int outputTokens) {
    private static final int TURNS = 4;
    private static final List<String> WORDS = List.of(
            "harbour", "lantern", "river", "garden", "letter", "window", "market", "bridge", "island", "winter",
            "captain", "village", "engine", "meadow", "silver", "thunder");

    /** Which request it is: equal ones have equal bodies and hence equal answers. */
    record Node(int system, int conversation, int turn) {}

    /** The node of a request of the sequence. */
    Node node(int number) {
        var random = new SplittableRandom(0x5EED_0FL + number * 0x9E3779B97F4A7C15L);
        return new Node(zipf(random, systems), zipf(random, conversations), random.nextInt(TURNS));
    }

    /** The streamed request of a node. */
    String body(Node node) {
        var messages = new StringBuilder(message("system", text(systemSentences, node.system(), -1, -1)));
        for (int turn = 0; turn <= node.turn(); turn++) {
            // The first two turns of neighbouring conversations are the same: the tree branches below them.
            int path = turn < 2 ? node.conversation() / 2 : node.conversation();
            if (turn > 0) {
                messages.append(',').append(message("assistant", text(3, node.system(), path, 2 * turn - 1)));
            }
            messages.append(',').append(message("user", text(3, node.system(), path, 2 * turn)));
        }
        return "{\"model\":\"" + model + "\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                + "\"temperature\":0,\"seed\":7,\"max_completion_tokens\":" + outputTokens + ",\"messages\":["
                + messages + "]}";
    }

    private static String message(String role, String text) {
        return "{\"role\":\"" + role + "\",\"content\":\"" + text + "\"}";
    }

    private static String text(int sentences, int... path) {
        long seed = 17;
        for (int step : path) {
            seed = seed * 0x9E3779B97F4A7C15L + step + 2;
        }
        var random = new SplittableRandom(seed);
        var text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            text.append("The ")
                    .append(word(random))
                    .append(" and the ")
                    .append(word(random))
                    .append(" met a ")
                    .append(word(random))
                    .append(". ");
        }
        return text.toString().strip();
    }

    private static String word(SplittableRandom random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    /** 0 up to {@code count}, each one's chance inverse to its rank. */
    private static int zipf(SplittableRandom random, int count) {
        double whole = 0;
        for (int i = 1; i <= count; i++) {
            whole += 1.0 / i;
        }
        double left = random.nextDouble() * whole;
        for (int i = 1; i < count; i++) {
            left -= 1.0 / i;
            if (left < 0) {
                return i - 1;
            }
        }
        return count - 1;
    }
}
