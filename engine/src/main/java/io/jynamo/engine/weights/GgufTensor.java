package io.jynamo.engine.weights;

import java.util.List;

/**
 * One row of a GGUF file's tensor table.
 *
 * @param shape fastest-varying dimension first, 1 to 4 of them, each at least 1
 * @param offset of its bytes in the file
 * @param sizeBytes of its encoding
 */
record GgufTensor(String name, GgmlType type, List<Long> shape, long offset, long sizeBytes) {
    GgufTensor {
        shape = List.copyOf(shape);
    }

    /** Dimension {@code index}, 1 where the tensor has fewer. */
    long dimension(int index) {
        return index < shape.size() ? shape.get(index) : 1;
    }
}
