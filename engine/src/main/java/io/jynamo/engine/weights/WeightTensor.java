package io.jynamo.engine.weights;

import java.lang.foreign.MemorySegment;

/**
 * One tensor of a model file, memory-mapped, still in the file's encoding.
 *
 * @param name as the file has it
 * @param rows outputs of a matrix; 1 for a vector
 * @param columns inputs of a matrix, contiguous in memory; the length of a vector
 * @param data exactly {@code type.bytes(rows * columns)} bytes, little-endian, no alignment promised
 */
public record WeightTensor(String name, TensorType type, int rows, int columns, MemorySegment data) {}
