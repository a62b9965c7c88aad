package io.jynamo.engine.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A {@link RandomModel} as a GGUF file: the names, keys and changes of weights that llama.cpp's converter makes. Query and key rows of Llama models
 * are permuted so that rotated pairs are neighbours, Gemma's norms get their 1 added, vectors become F32, Llama 3's scaling becomes a
 * tensor of divisors.
 */
final class RandomGguf {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)");
    private static final Map<String, String> NAMES = Map.of(
            "self_attn.q_proj", "attn_q",
            "self_attn.k_proj", "attn_k",
            "self_attn.v_proj", "attn_v",
            "self_attn.o_proj", "attn_output",
            "self_attn.q_norm", "attn_q_norm",
            "self_attn.k_norm", "attn_k_norm",
            "mlp.gate_proj", "ffn_gate",
            "mlp.up_proj", "ffn_up",
            "mlp.down_proj", "ffn_down",
            "input_layernorm", "attn_norm");

    private final RandomModel model;
    private final JsonNode config;
    private final String type;
    private final String architecture;
    private final boolean llama;
    private final boolean gemma;

    RandomGguf(RandomModel model) {
        this.model = model;
        this.config = model.config();
        this.type = config.get("model_type").stringValue();
        this.llama = type.equals("llama") || type.equals("mistral");
        this.gemma = type.startsWith("gemma3");
        this.architecture = llama ? "llama" : gemma ? "gemma3" : type;
    }

    GgufWriter writer() {
        var writer = new GgufWriter();
        writer.put("general.architecture", architecture);
        keys().forEach((key, value) -> writer.put(architecture + "." + key, value));
        writer.put("tokenizer.ggml.bos_token_id", 1).put("tokenizer.ggml.eos_token_id", 2);
        if (rope("rope_type").equals("llama3")) {
            float[] divisors = divisors();
            writer.add(
                    "rope_freqs.weight",
                    GgmlType.F32,
                    List.of((long) divisors.length),
                    TensorRecipe.encode(divisors, TensorType.F32));
        }
        model.tensors().forEach(t -> add(writer, t));
        return writer;
    }

    private Map<String, Object> keys() {
        var keys = new LinkedHashMap<String, Object>();
        keys.put("block_count", integer("num_hidden_layers"));
        keys.put("context_length", integer("max_position_embeddings"));
        keys.put("embedding_length", integer("hidden_size"));
        keys.put("feed_forward_length", integer("intermediate_size"));
        keys.put("attention.head_count", integer("num_attention_heads"));
        keys.put("attention.head_count_kv", integer("num_key_value_heads"));
        keys.put("attention.key_length", headSize());
        keys.put("attention.value_length", headSize());
        keys.put("attention.layer_norm_rms_epsilon", (float)
                config.get("rms_norm_eps").doubleValue());
        keys.put("rope.freq_base", (float) rope().get("rope_theta").doubleValue());
        keys.put("vocab_size", integer("vocab_size"));
        if (rope("rope_type").equals("linear")) {
            keys.put("rope.scaling.type", "linear");
            keys.put("rope.scaling.factor", (float) rope().get("factor").doubleValue());
        }
        if (config.path("sliding_window").isNumber()) {
            keys.put("attention.sliding_window", integer("sliding_window"));
            if (config.has("layer_types") && !gemma) {
                keys.put("attention.sliding_window_pattern", slidingPattern());
            }
        }
        return keys;
    }

    private boolean[] slidingPattern() {
        boolean[] pattern = new boolean[integer("num_hidden_layers")];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = config.get("layer_types").get(i).stringValue().equals("sliding_attention");
        }
        return pattern;
    }

    private void add(GgufWriter writer, TensorRecipe t) {
        List<Long> shape =
                t.shape().size() == 1 ? List.of((long) t.columns()) : List.of((long) t.columns(), (long) t.rows());
        if (t.shape().size() == 1) {
            float[] numbers = t.numbers(model.seed());
            if (gemma) {
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] += 1;
                }
            }
            writer.add(name(t.name()), GgmlType.F32, shape, TensorRecipe.encode(numbers, TensorType.F32));
            return;
        }
        byte[] bytes = t.bytes(model.seed());
        if (llama && (t.name().endsWith("q_proj.weight") || t.name().endsWith("k_proj.weight"))) {
            bytes = interleaved(bytes, t.rows(), headSize());
        }
        writer.add(name(t.name()), GgmlType.valueOf(t.type().name()), shape, bytes);
    }

    /** Moves rows i and i + size/2 of every head next to each other. */
    private static byte[] interleaved(byte[] bytes, int rows, int headSize) {
        int rowBytes = bytes.length / rows;
        byte[] out = new byte[bytes.length];
        for (int row = 0; row < rows; row++) {
            int inHead = row % headSize;
            int half = inHead / (headSize / 2);
            int target = row - inHead + 2 * (inHead % (headSize / 2)) + half;
            System.arraycopy(bytes, row * rowBytes, out, target * rowBytes, rowBytes);
        }
        return out;
    }

    private String name(String huggingFace) {
        String suffix = huggingFace.substring(huggingFace.lastIndexOf('.'));
        String stem = huggingFace.substring(0, huggingFace.length() - suffix.length());
        Matcher layer = LAYER.matcher(stem);
        if (!layer.matches()) {
            return switch (stem) {
                case "model.embed_tokens" -> "token_embd" + suffix;
                case "model.norm" -> "output_norm" + suffix;
                case "lm_head" -> "output" + suffix;
                default -> throw new IllegalArgumentException(huggingFace);
            };
        }
        String known = NAMES.get(layer.group(2));
        String part = known != null
                ? known
                : switch (layer.group(2)) {
                    case "post_attention_layernorm" -> gemma ? "post_attention_norm" : "ffn_norm";
                    case "pre_feedforward_layernorm" -> "ffn_norm";
                    case "post_feedforward_layernorm" -> "post_ffw_norm";
                    default -> throw new IllegalArgumentException(huggingFace);
                };
        return "blk." + layer.group(1) + "." + part + suffix;
    }

    private float[] divisors() {
        float base = (float) rope().get("rope_theta").doubleValue();
        double factor = rope().get("factor").doubleValue();
        double low = rope().get("low_freq_factor").doubleValue();
        double high = rope().get("high_freq_factor").doubleValue();
        double context = rope().get("original_max_position_embeddings").doubleValue();
        float[] divisors = new float[headSize() / 2];
        for (int i = 0; i < divisors.length; i++) {
            double wavelength = 2 * Math.PI * Math.pow(base, 2.0 * i / headSize());
            double smooth = (context / wavelength - low) / (high - low);
            double divisor = wavelength < context / high
                    ? 1
                    : wavelength > context / low ? factor : 1 / ((1 - smooth) / factor + smooth);
            divisors[i] = (float) divisor;
        }
        return divisors;
    }

    private JsonNode rope() {
        JsonNode parameters = config.get("rope_parameters");
        return gemma ? parameters.get("full_attention") : parameters;
    }

    private String rope(String key) {
        return rope().path(key).stringValue("default");
    }

    private int headSize() {
        return config.has("head_dim") ? integer("head_dim") : integer("hidden_size") / integer("num_attention_heads");
    }

    private int integer(String key) {
        return config.get(key).intValue();
    }
}
