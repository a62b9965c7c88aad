package io.jynamo.engine.sampling;

import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.protocol.Sampling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The sampler's twin: double precision, whole sorts, one step after the other as the definition has it. */
final class NaiveSampler {
    private NaiveSampler() {}

    static int draw(float[] row, StepPlan.Draw draw) {
        double[] logits = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            logits[i] = row[i];
        }
        edit(logits, draw);
        Sampling sampling = draw.sampling();
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, row.length).boxed().toList());
        order.removeIf(i -> logits[i] == Double.NEGATIVE_INFINITY);
        List<Integer> sorted = new ArrayList<>(order);
        sorted.sort(Comparator.<Integer>comparingDouble(i -> -logits[i]).thenComparingInt(i -> i));
        if (sampling.temperature() == 0) {
            return sorted.getFirst();
        }
        boolean filtered =
                (sampling.topK() > 0 && sampling.topK() < row.length) || sampling.minP() > 0 || sampling.topP() < 1;
        if (filtered) {
            order = sorted;
        }
        double best = logits[sorted.getFirst()];
        double[] weights = new double[row.length];
        for (int i : order) {
            weights[i] = Math.exp((logits[i] - best) / sampling.temperature());
        }
        order.removeIf(i -> weights[i] < sampling.minP());
        if (sampling.topK() > 0 && sampling.topK() < order.size()) {
            order = new ArrayList<>(order.subList(0, sampling.topK()));
        }
        if (sampling.topP() < 1) {
            double wanted = sampling.topP() * sum(order, weights);
            double running = 0;
            int kept = 0;
            while (running < wanted && kept < order.size()) {
                running += weights[order.get(kept++)];
            }
            order = order.subList(0, Math.max(1, kept));
        }
        double left = RandomDraw.uniform(draw.seed(), draw.choice(), draw.outputIndex()) * sum(order, weights);
        for (int i : order) {
            left -= weights[i];
            if (left < 0) {
                return i;
            }
        }
        return order.getLast();
    }

    private static void edit(double[] logits, StepPlan.Draw draw) {
        Sampling sampling = draw.sampling();
        sampling.logitBias().forEach((id, bias) -> logits[id] += bias);
        for (int id = 0; id < logits.length; id++) {
            int inPrompt = 0;
            int inOutput = 0;
            for (int i = 0; i < draw.count(); i++) {
                if (draw.tokens()[i] == id) {
                    inPrompt += i < draw.promptCount() ? 1 : 0;
                    inOutput += i < draw.promptCount() ? 0 : 1;
                }
            }
            if (inPrompt + inOutput > 0) {
                logits[id] = logits[id] > 0
                        ? logits[id] / sampling.repetitionPenalty()
                        : logits[id] * sampling.repetitionPenalty();
            }
            logits[id] -= sampling.frequencyPenalty() * inOutput;
            logits[id] -= inOutput > 0 ? sampling.presencePenalty() : 0;
        }
        for (int id : draw.masked()) {
            logits[id] = Double.NEGATIVE_INFINITY;
        }
    }

    private static double sum(List<Integer> ids, double[] weights) {
        return ids.stream().mapToDouble(i -> weights[i]).sum();
    }
}
