package io.jynamo.conformance;

import java.util.List;
import java.util.Locale;

/**
 * How much of the prompts was cached, summed over complete answers.
 *
 * @param requests counted
 * @param promptTokens of all
 * @param predictedTokens cached on the chosen workers as the router knew it
 * @param cachedTokens cached as the engines had it
 */
record HitRate(int requests, long promptTokens, long predictedTokens, long cachedTokens) {
    static HitRate of(List<RoutedAnswer> answers) {
        int requests = 0;
        long prompt = 0;
        long predicted = 0;
        long cached = 0;
        for (RoutedAnswer answer : answers) {
            if (answer.ending() == RoutedAnswer.Ending.COMPLETE) {
                requests++;
                prompt += answer.promptTokens();
                predicted += answer.predictedTokens();
                cached += answer.cachedTokens();
            }
        }
        return new HitRate(requests, prompt, predicted, cached);
    }

    /** Share of the prompts' tokens that was cached. */
    double measured() {
        return promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens;
    }

    double predicted() {
        return promptTokens == 0 ? 0 : (double) predictedTokens / promptTokens;
    }

    /** How far what was measured is from what was predicted, relative to that. */
    double error() {
        return predictedTokens == 0 ? 1 : Math.abs((double) cachedTokens - predictedTokens) / predictedTokens;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d requests, hit rate predicted %.2f %%, measured %.2f %%, apart by %.2f %%",
                requests,
                100 * predicted(),
                100 * measured(),
                100 * error());
    }
}
