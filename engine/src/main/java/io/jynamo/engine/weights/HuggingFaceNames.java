package io.jynamo.engine.weights;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Hugging Face calls the tensors of the supported families. */
final class HuggingFaceNames {
    /** Where the text model begins: alone, in Gemma's first multimodal files, and in later ones. */
    private static final List<String> ROOTS = List.of("model.language_model.", "language_model.model.", "model.");

    private static final List<String> LEFT_OUT =
            List.of("vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector.");

    private static final Map<String, TensorRole> LAYER = layer(false);
    private static final Map<String, TensorRole> GEMMA_LAYER = layer(true);

    private HuggingFaceNames() {}

    private static Map<String, TensorRole> layer(boolean gemma) {
        var names = new HashMap<String, TensorRole>();
        names.put("input_layernorm.weight", TensorRole.ATTENTION_NORM);
        names.put("self_attn.q_proj.weight", TensorRole.QUERY);
        names.put("self_attn.k_proj.weight", TensorRole.KEY);
        names.put("self_attn.v_proj.weight", TensorRole.VALUE);
        names.put("self_attn.q_proj.bias", TensorRole.QUERY_BIAS);
        names.put("self_attn.k_proj.bias", TensorRole.KEY_BIAS);
        names.put("self_attn.v_proj.bias", TensorRole.VALUE_BIAS);
        names.put("self_attn.q_norm.weight", TensorRole.QUERY_NORM);
        names.put("self_attn.k_norm.weight", TensorRole.KEY_NORM);
        names.put("self_attn.o_proj.weight", TensorRole.ATTENTION_OUTPUT);
        names.put("self_attn.o_proj.bias", TensorRole.ATTENTION_OUTPUT_BIAS);
        names.put("mlp.gate_proj.weight", TensorRole.FFN_GATE);
        names.put("mlp.up_proj.weight", TensorRole.FFN_UP);
        names.put("mlp.down_proj.weight", TensorRole.FFN_DOWN);
        // The same name stands before the feed-forward in most families, and after attention, before the sum, in Gemma.
        names.put("post_attention_layernorm.weight", gemma ? TensorRole.POST_ATTENTION_NORM : TensorRole.FFN_NORM);
        if (gemma) {
            names.put("pre_feedforward_layernorm.weight", TensorRole.FFN_NORM);
            names.put("post_feedforward_layernorm.weight", TensorRole.POST_FFN_NORM);
        }
        return Map.copyOf(names);
    }

    /** True for tensors that a text model does not need: image encoders, and rotary tables that old files carry. */
    static boolean isLeftOut(String name) {
        return name.endsWith(".rotary_emb.inv_freq") || LEFT_OUT.stream().anyMatch(name::startsWith);
    }

    /** The place of a tensor in the model, or null for a name that no supported family has. */
    static @Nullable TensorPlace place(String name, boolean gemma) {
        if (name.equals("lm_head.weight") || name.equals("language_model.lm_head.weight")) {
            return new TensorPlace(TensorRole.OUTPUT, 0);
        }
        for (String root : ROOTS) {
            if (name.startsWith(root)) {
                return below(name, root.length(), gemma);
            }
        }
        return null;
    }

    private static @Nullable TensorPlace below(String name, int start, boolean gemma) {
        String rest = name.substring(start);
        if (rest.startsWith("layers.")) {
            return TensorPlace.inLayer(rest, "layers.".length(), gemma ? GEMMA_LAYER : LAYER);
        }
        return switch (rest) {
            case "embed_tokens.weight" -> new TensorPlace(TensorRole.TOKEN_EMBEDDING, 0);
            case "norm.weight" -> new TensorPlace(TensorRole.OUTPUT_NORM, 0);
            default -> null;
        };
    }
}
