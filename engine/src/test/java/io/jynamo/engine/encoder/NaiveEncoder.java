package io.jynamo.engine.encoder;

import io.jynamo.engine.weights.RandomEncoder;

/** A BERT written down as the paper has it, in doubles, one number at a time: what the engine is held to. */
final class NaiveEncoder {
    private final RandomEncoder weights;
    private final int size;
    private final int heads;
    private final int layers;

    NaiveEncoder(RandomEncoder weights) {
        this.weights = weights;
        this.size = weights.config().get("hidden_size").intValue();
        this.heads = weights.config().get("num_attention_heads").intValue();
        this.layers = weights.config().get("num_hidden_layers").intValue();
    }

    /** The mean of the last layer's rows, of length 1. */
    double[] embed(int[] ids, int second) {
        double[][] x = new double[ids.length][size];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < size; i++) {
                x[t][i] = at("embeddings.word_embeddings.weight", ids[t], i)
                        + at("embeddings.position_embeddings.weight", t, i)
                        + at("embeddings.token_type_embeddings.weight", t < second ? 0 : 1, i);
            }
        }
        norm(x, "embeddings.LayerNorm");
        for (int layer = 0; layer < layers; layer++) {
            String name = "encoder.layer." + layer + ".";
            add(x, dense(attention(x, name + "attention.self."), name + "attention.output.dense"));
            norm(x, name + "attention.output.LayerNorm");
            double[][] wide = dense(x, name + "intermediate.dense");
            for (double[] row : wide) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = row[i] / 2 * (1 + erf(row[i] / Math.sqrt(2)));
                }
            }
            add(x, dense(wide, name + "output.dense"));
            norm(x, name + "output.LayerNorm");
        }
        double[] mean = new double[size];
        double squares = 0;
        for (int i = 0; i < size; i++) {
            for (double[] row : x) {
                mean[i] += row[i] / x.length;
            }
            squares += mean[i] * mean[i];
        }
        for (int i = 0; i < size; i++) {
            mean[i] /= Math.sqrt(squares);
        }
        return mean;
    }

    private double[][] attention(double[][] x, String name) {
        double[][] q = dense(x, name + "query");
        double[][] k = dense(x, name + "key");
        double[][] v = dense(x, name + "value");
        int each = size / heads;
        double[][] out = new double[x.length][size];
        for (int head = 0; head < heads; head++) {
            for (int t = 0; t < x.length; t++) {
                double[] weight = new double[x.length];
                double sum = 0;
                for (int other = 0; other < x.length; other++) {
                    double score = 0;
                    for (int i = head * each; i < (head + 1) * each; i++) {
                        score += q[t][i] * k[other][i];
                    }
                    weight[other] = Math.exp(score / Math.sqrt(each));
                    sum += weight[other];
                }
                for (int other = 0; other < x.length; other++) {
                    for (int i = head * each; i < (head + 1) * each; i++) {
                        out[t][i] += weight[other] / sum * v[other][i];
                    }
                }
            }
        }
        return out;
    }

    private double[][] dense(double[][] x, String name) {
        float[] matrix = weights.numbers(name + ".weight");
        float[] bias = weights.numbers(name + ".bias");
        int columns = matrix.length / bias.length;
        double[][] y = new double[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            for (int row = 0; row < bias.length; row++) {
                y[t][row] = bias[row];
                for (int i = 0; i < columns; i++) {
                    y[t][row] += matrix[row * columns + i] * x[t][i];
                }
            }
        }
        return y;
    }

    private void norm(double[][] x, String name) {
        float[] weight = weights.numbers(name + ".weight");
        float[] bias = weights.numbers(name + ".bias");
        for (double[] row : x) {
            double mean = 0;
            for (double number : row) {
                mean += number / row.length;
            }
            double variance = 0;
            for (double number : row) {
                variance += (number - mean) * (number - mean) / row.length;
            }
            for (int i = 0; i < row.length; i++) {
                row[i] = (row[i] - mean) / Math.sqrt(variance + 1e-12) * weight[i] + bias[i];
            }
        }
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += y[t][i];
            }
        }
    }

    private double at(String name, int row, int column) {
        return weights.numbers(name)[row * size + column];
    }

    /** By its Taylor series where that converges well, by its bound elsewhere. */
    static double erf(double x) {
        if (Math.abs(x) > 5) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return sum * 2 / Math.sqrt(Math.PI);
    }
}
