package io.jynamo.simulation.workload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Workloads made up from a seed: the same seed, the same requests. */
public final class Generators {
    private static final double NANOS = 1e9;

    private Generators() {}

    /**
     * Applications with a long system prompt each, whose users come in bursts: half of the requests come alone at random
     * times, half in bursts of 4 to 32 within a second, all of one application. A few applications have most of the users.
     *
     * @param requests about how many
     * @param perSecond of them on average
     */
    public static Workload sharedPrompt(long seed, int requests, double perSecond) {
        SplittableRandom random = new SplittableRandom(seed);
        Tokens tokens = new Tokens();
        List<Prompt> systems = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            systems.add(new Prompt(List.of(new Prompt.Run(tokens.next(), between(random, 1_000, 12_000)))));
        }
        double seconds = requests / perSecond;
        List<Session> sessions = new ArrayList<>();
        while (sessions.size() < requests) {
            double at = random.nextDouble() * seconds;
            Prompt system = systems.get(skewed(random, systems.size()));
            int burst = random.nextInt(18) == 0 ? between(random, 4, 32) : 1;
            for (int i = 0; i < burst; i++) {
                Prompt prompt = system.plus(new Prompt.Run(tokens.next(), between(random, 50, 1_500)));
                int output = Math.clamp((long) exponential(random, 250), 8, 1_500);
                long start = (long) ((at + (i == 0 ? 0 : random.nextDouble())) * NANOS);
                sessions.add(new Session(start, List.of(new Turn(prompt, output, tokens.next(), 0))));
            }
        }
        sessions.sort(Comparator.comparingLong(Session::startNanos));
        return new Workload("shared-prompt", sessions);
    }

    /**
     * Agents that work through a task: one of a few long system prompts, a task, then turns that each add the answer and a
     * tool's result to what was said, after as long as the tool took.
     *
     * @param count of sessions
     * @param perSecond of them that begin, on average
     */
    public static Workload agents(long seed, int count, double perSecond) {
        SplittableRandom random = new SplittableRandom(seed);
        Tokens tokens = new Tokens();
        List<Prompt> systems = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            systems.add(new Prompt(List.of(new Prompt.Run(tokens.next(), between(random, 4_000, 16_000)))));
        }
        List<Session> sessions = new ArrayList<>();
        double at = 0;
        for (int i = 0; i < count; i++) {
            at += exponential(random, 1 / perSecond);
            Prompt said = systems.get(skewed(random, systems.size()))
                    .plus(new Prompt.Run(tokens.next(), between(random, 200, 6_000)));
            sessions.add(new Session((long) (at * NANOS), turns(random, tokens, said)));
        }
        return new Workload("agents", sessions);
    }

    private static List<Turn> turns(SplittableRandom random, Tokens tokens, Prompt first) {
        List<Turn> turns = new ArrayList<>();
        Prompt said = first;
        int count = between(random, 2, 24);
        for (int i = 0; i < count; i++) {
            int output = Math.clamp((long) exponential(random, 180), 16, 2_000);
            int answer = tokens.next();
            long pause = i == 0 ? 0 : (long) (Math.min(60, 0.3 + exponential(random, 4)) * NANOS);
            turns.add(new Turn(said, output, answer, pause));
            int tool = Math.clamp((long) exponential(random, 1_200), 30, 12_000);
            said = said.plus(new Prompt.Run(answer, output), new Prompt.Run(tokens.next(), tool));
        }
        return turns;
    }

    /** Tokens that nobody had before. */
    private static final class Tokens {
        private int last;

        int next() {
            return ++last;
        }
    }

    private static int between(SplittableRandom random, int least, int most) {
        return random.nextInt(least, most + 1);
    }

    private static double exponential(SplittableRandom random, double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    /** An index below {@code count}, small ones far more often: about one over its rank. */
    private static int skewed(SplittableRandom random, int count) {
        return (int) (Math.pow(count + 1.0, random.nextDouble()) - 1);
    }
}
