package io.jynamo.cli.settings;

import java.util.List;
import java.util.Optional;

/**
 * Which model.
 *
 * @param model folder, file, alias or {@code hf:ORG/NAME}, as written; none for the simulated engine's own
 * @param servedNames names clients may use; empty for the model's own
 * @param maxModelLen tokens of prompt and output together
 */
public record ModelOptions(Optional<String> model, List<String> servedNames, Optional<Integer> maxModelLen) {}
