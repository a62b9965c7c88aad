package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.util.Arrays;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The classes of Hugging Face models that are read, with the defaults their configuration classes give to keys that a file leaves out
 * (transformers 5).
 */
enum HuggingFaceFamily {
    LLAMA("LlamaForCausalLM", Family.LLAMA, "llama", 2048, false),
    MISTRAL("MistralForCausalLM", Family.LLAMA, "mistral", 131_072, false),
    QWEN2("Qwen2ForCausalLM", Family.QWEN2, "qwen2", 32_768, false),
    QWEN3("Qwen3ForCausalLM", Family.QWEN3, "qwen3", 32_768, false),
    GEMMA3("Gemma3ForCausalLM", Family.GEMMA3, "gemma3", 131_072, true),
    /** Gemma 3 with an image encoder, which is left out: text in, text out. */
    GEMMA3_MULTIMODAL("Gemma3ForConditionalGeneration", Family.GEMMA3, "gemma3", 131_072, true);

    private final String className;
    private final Family family;
    private final String architecture;
    private final int defaultContext;
    private final boolean tiedByDefault;

    HuggingFaceFamily(String className, Family family, String architecture, int defaultContext, boolean tiedByDefault) {
        this.className = className;
        this.family = family;
        this.architecture = architecture;
        this.defaultContext = defaultContext;
        this.tiedByDefault = tiedByDefault;
    }

    /** The class that config.json names. */
    static HuggingFaceFamily of(ConfigJson config) {
        JsonNode classes = config.value("architectures");
        if (classes == null
                || !classes.isArray()
                || classes.isEmpty()
                || !classes.get(0).isString()) {
            throw config.wrong("architectures", "a list that names the model's class");
        }
        String name = classes.get(0).stringValue();
        return Arrays.stream(values())
                .filter(f -> f.className.equals(name))
                .findFirst()
                .orElseThrow(() -> ModelFileProblem.unsupported(
                        config.file(),
                        "architecture " + quote(name) + " is not supported; supported: " + classNames()));
    }

    private static String classNames() {
        return Arrays.stream(values()).map(f -> f.className).collect(Collectors.joining(", "))
                + "; for embeddings and scores " + EncoderFamily.classNames();
    }

    Family family() {
        return family;
    }

    String architecture() {
        return architecture;
    }

    int defaultContext() {
        return defaultContext;
    }

    boolean tiedByDefault() {
        return tiedByDefault;
    }

    boolean isGemma() {
        return family == Family.GEMMA3;
    }
}
