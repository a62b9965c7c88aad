package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.text;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import java.util.List;
import java.util.Optional;

/** Which model is served. Names follow vLLM. */
public final class ModelSettings {
    private static final String GROUP = "Model";

    public static final Setting<String> MODEL = new Draft(
                    GROUP, "model", "MODEL", "Folder, .gguf file, alias (see jynamo models) or hf:ORG/NAME.")
            .of(text(), "smollm2-135m-instruct");
    public static final Setting<List<String>> SERVED_MODEL_NAME = new Draft(
                    GROUP,
                    "served-model-name",
                    "NAME",
                    "Name clients use; repeat for aliases. By default the model's own name.")
            .list(Kind.LIST);
    public static final Setting<Optional<Integer>> MAX_MODEL_LEN = new Draft(
                    GROUP,
                    "max-model-len",
                    "TOKENS",
                    "Prompt and output of one request together; bounds KV memory. By default what the model was"
                            + " trained for and memory allows.")
            .optional(count(1, Integer.MAX_VALUE));

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(MODEL, SERVED_MODEL_NAME, MAX_MODEL_LEN);

    private ModelSettings() {}

    /** The default model is for the embedded engine; an engine of others must be told which text side is its own. */
    public static ModelOptions read(Configuration configuration, Problems problems) {
        EngineKind kind = configuration.get(WorkerSettings.ENGINE);
        boolean given = configuration.isGiven(MODEL);
        if (kind.isForeign() && !given) {
            problems.add("model: give the folder of the engine's model (its tokenizer and chat template are read"
                    + " from there), or hf:ORG/NAME");
        }
        List<String> names = configuration.get(SERVED_MODEL_NAME);
        if (names.stream().anyMatch(String::isBlank)) {
            problems.add("served-model-name: a name is blank, and clients could not ask for it; give a name, or leave"
                    + " the setting out for the model's own");
        }
        Optional<String> model =
                kind == EngineKind.EMBEDDED || given ? Optional.of(configuration.get(MODEL)) : Optional.empty();
        return new ModelOptions(model, names, configuration.get(MAX_MODEL_LEN));
    }
}
