package io.jynamo.engine.weights;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The classes of Hugging Face encoders that are read. */
enum EncoderFamily {
    BERT("BertModel", "bert", "bert.", false),
    BERT_CLASSIFIER("BertForSequenceClassification", "bert", "bert.", true),
    ROBERTA("RobertaModel", "roberta", "roberta.", false),
    ROBERTA_CLASSIFIER("RobertaForSequenceClassification", "roberta", "roberta.", true),
    XLM_ROBERTA("XLMRobertaModel", "xlm-roberta", "roberta.", false),
    XLM_ROBERTA_CLASSIFIER("XLMRobertaForSequenceClassification", "xlm-roberta", "roberta.", true);

    private final String className;
    private final String architecture;
    private final String root;
    private final boolean classifies;

    EncoderFamily(String className, String architecture, String root, boolean classifies) {
        this.className = className;
        this.architecture = architecture;
        this.root = root;
        this.classifies = classifies;
    }

    /** The family of the class that config.json names, where it is one of these. */
    static Optional<EncoderFamily> find(ConfigJson config) {
        JsonNode classes = config.value("architectures");
        String name = classes != null && classes.isArray() && !classes.isEmpty()
                ? classes.get(0).asString("")
                : "";
        return Arrays.stream(values()).filter(f -> f.className.equals(name)).findFirst();
    }

    static String classNames() {
        return Arrays.stream(values()).map(f -> f.className).collect(Collectors.joining(", "));
    }

    String architecture() {
        return architecture;
    }

    /** What stands before the names of its tensors in files that were saved with a head. */
    String root() {
        return root;
    }

    /** Whether a head makes scores of what is computed. */
    boolean classifies() {
        return classifies;
    }

    /** RoBERTa counts positions from the one behind its padding token's, and separates pairs twice. */
    boolean isRoberta() {
        return !architecture.equals("bert");
    }
}
