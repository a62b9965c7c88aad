package io.jynamo.engine.simulated;

import io.jynamo.engine.schedule.StepPlan;

/**
 * A step that takes a square polynomial of its prompt tokens plus one of the KV pool's share that the decoding choices
 * look back on, plus a constant per decoding choice; all in milliseconds, divided by a speed-up.
 *
 * @param prefillSquare per square of prompt tokens
 * @param prefillLinear per prompt token
 * @param prefillBase per step that has any
 * @param decodeSquare times the square of the share, 0 to 1
 * @param decodeLinear times the share
 * @param decodeBase per step that decodes
 * @param perChoice per decoding choice after the first
 * @param speedUp times as fast; above 0
 * @param decodeSpeedUp times as fast again where a step decodes; above 0
 */
public record PolynomialTiming(
        double prefillSquare,
        double prefillLinear,
        double prefillBase,
        double decodeSquare,
        double decodeLinear,
        double decodeBase,
        double perChoice,
        double speedUp,
        double decodeSpeedUp)
        implements TimingModel {

    public PolynomialTiming {
        if (!(speedUp > 0) || Double.isInfinite(speedUp)) {
            throw new IllegalArgumentException("the speed-up must be above 0 and finite: " + speedUp);
        }
        if (!(decodeSpeedUp > 0) || Double.isInfinite(decodeSpeedUp)) {
            throw new IllegalArgumentException("the decode speed-up must be above 0 and finite: " + decodeSpeedUp);
        }
    }

    /** The default polynomial of NVIDIA Dynamo's mock engine (about an 8B model on a data-centre GPU). */
    public static PolynomialTiming dynamo(double speedUp) {
        return new PolynomialTiming(4.209989e-07, 1.518344e-02, 16.50142, -25.74, 54.01, 5.74, 0, speedUp, 1);
    }

    /** The same with decode steps so many times as fast, on top. */
    public PolynomialTiming withDecodeSpeedUp(double times) {
        return new PolynomialTiming(
                prefillSquare,
                prefillLinear,
                prefillBase,
                decodeSquare,
                decodeLinear,
                decodeBase,
                perChoice,
                speedUp,
                times);
    }

    @Override
    public long stepNanos(StepPlan.Shape shape, long kvTokens) {
        double millis = 0;
        if (shape.prefillTokens() > 0) {
            double tokens = shape.prefillTokens();
            millis += prefillSquare * tokens * tokens + prefillLinear * tokens + prefillBase;
        }
        if (shape.decodes() > 0) {
            double share = Math.min(1, (double) shape.contextTokens() / kvTokens);
            double decode = decodeSquare * share * share + decodeLinear * share + decodeBase;
            millis += (Math.max(1, decode) + perChoice * (shape.decodes() - 1)) / decodeSpeedUp;
        }
        return (long) (millis * 1e6 / speedUp);
    }
}
