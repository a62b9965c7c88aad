package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import io.jynamo.engine.weights.EncoderConfig.Pooling;
import io.jynamo.engine.weights.EncoderConfig.Score;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Reads an {@link EncoderConfig} out of a folder's config.json and, where they are there, the files of sentence-transformers beside
 * it. Without those a text's vector is the mean of its tokens', of length 1, as sentence-transformers takes such a folder.
 */
record EncoderConfigFiles(EncoderFamily family, EncoderConfig model) {
    private static final int MAX_BYTES = 4 << 20;

    static EncoderConfigFiles read(Path folder) {
        ConfigJson c = ConfigJson.read(folder.resolve("config.json"), MAX_BYTES);
        EncoderFamily family = EncoderFamily.find(c)
                .orElseThrow(() -> ModelFileProblem.unsupported(
                        c.file(), "is no encoder that is supported; supported: " + EncoderFamily.classNames()));
        refuseWhatIsNotComputed(c);
        int heads = c.require("num_attention_heads", 1, ConfigLimits.HEADS);
        int hidden = c.require("hidden_size", 1, ConfigLimits.WIDTH);
        if (hidden % heads != 0) {
            throw ModelFileProblem.corrupt(c.file(), "a width of " + hidden + " has no " + heads + " equal heads");
        }
        int vocabulary = c.require("vocab_size", 1, ConfigLimits.VOCABULARY);
        int firstPosition = family.isRoberta() ? c.find("pad_token_id", 1, 0, vocabulary - 1) + 1 : 0;
        int positions = c.require("max_position_embeddings", firstPosition + 1, ConfigLimits.WIDTH);
        PoolingFiles pooled = PoolingFiles.read(folder, positions - firstPosition);
        JsonNode cuts = c.value("matryoshka_dimensions");
        return new EncoderConfigFiles(
                family,
                new EncoderConfig(
                        family.architecture(),
                        c.require("num_hidden_layers", 1, ConfigLimits.LAYERS),
                        hidden,
                        c.require("intermediate_size", 1, ConfigLimits.WIDTH),
                        heads,
                        vocabulary,
                        positions,
                        firstPosition,
                        c.find("type_vocab_size", 2, 1, 1 << 10),
                        c.findPositive("layer_norm_eps").orElse(1e-12f),
                        pooled.maxTokens(),
                        family.classifies() ? Pooling.CLS : pooled.pooling(),
                        !family.classifies() && pooled.normalised(),
                        family.classifies() ? score(c) : Score.NONE,
                        cuts != null || c.flag("is_matryoshka", false),
                        cuts == null ? Set.of() : cuts(c, cuts, hidden)));
    }

    private static void refuseWhatIsNotComputed(ConfigJson c) {
        String activation = c.findString("hidden_act").orElse("gelu");
        if (!activation.equals("gelu")) {
            throw ModelFileProblem.unsupported(
                    c.file(), "hidden_act " + quote(activation) + " is not supported; supported: gelu");
        }
        String position = c.findString("position_embedding_type").orElse("absolute");
        if (!position.equals("absolute")) {
            throw ModelFileProblem.unsupported(
                    c.file(), "position_embedding_type " + quote(position) + " is not supported; supported: absolute");
        }
        if (c.flag("is_decoder", false) || c.flag("add_cross_attention", false)) {
            throw ModelFileProblem.unsupported(
                    c.file(), "options is_decoder and add_cross_attention are not supported");
        }
        if (c.findObject("quantization_config").isPresent()) {
            throw ModelFileProblem.unsupported(
                    c.file(), "quantised weights are not supported in encoders; use the F32, F16 or BF16 weights");
        }
    }

    /** One label, told as sentence-transformers tells it. */
    private static Score score(ConfigJson c) {
        int labels = c.find(
                "num_labels", c.findObject("id2label").map(l -> l.node().size()).orElse(2), 1, 1 << 20);
        if (labels != 1) {
            throw ModelFileProblem.unsupported(
                    c.file(),
                    "has " + labels + " labels; a head is supported that makes one number of a pair of texts");
        }
        String activation = c.findObject("sentence_transformers")
                .flatMap(told -> told.findString("activation_fn"))
                .or(() -> c.findString("sbert_ce_default_activation_function"))
                .orElse("torch.nn.modules.activation.Sigmoid");
        return switch (activation) {
            case "torch.nn.modules.activation.Sigmoid" -> Score.SIGMOID;
            case "torch.nn.modules.linear.Identity" -> Score.RAW;
            default ->
                throw ModelFileProblem.unsupported(
                        c.file(),
                        "the head's activation " + quote(activation)
                                + " is not supported; supported: Sigmoid, Identity");
        };
    }

    private static Set<Integer> cuts(ConfigJson c, JsonNode listed, int hidden) {
        var cuts = new TreeSet<Integer>();
        for (JsonNode cut : listed.isArray() ? listed : List.of(listed)) {
            if (!cut.isIntegralNumber() || cut.longValue() < 1 || cut.longValue() > hidden) {
                throw c.wrong("matryoshka_dimensions", "a list of widths from 1 to " + hidden);
            }
            cuts.add(cut.intValue());
        }
        return cuts;
    }

    /** Whether the folder's config.json names an encoder. */
    static boolean isEncoder(Path folder) {
        Path file = folder.resolve("config.json");
        return Files.isRegularFile(file)
                && EncoderFamily.find(ConfigJson.read(file, MAX_BYTES)).isPresent();
    }
}
