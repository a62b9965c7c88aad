package io.jynamo.engine.weights;

import java.nio.file.Path;

/** Upper bounds on hyperparameters, far above any real model of the supported families, and the relations that must hold between them. */
final class ConfigLimits {
    static final int LAYERS = 1 << 10;
    static final int WIDTH = 1 << 20;
    static final int HEADS = 1 << 12;
    static final int HEAD_SIZE = 1 << 12;
    static final int VOCABULARY = 1 << 24;

    private ConfigLimits() {}

    static ModelConfig checked(Path file, ModelConfig config) {
        if (config.heads() % config.kvHeads() != 0) {
            throw ModelFileProblem.corrupt(
                    file, config.heads() + " heads cannot share " + config.kvHeads() + " key-value heads evenly");
        }
        if (config.headSize() % 2 != 0) {
            throw ModelFileProblem.corrupt(
                    file, "the head size, " + config.headSize() + ", is odd and cannot be rotated");
        }
        return config;
    }
}
