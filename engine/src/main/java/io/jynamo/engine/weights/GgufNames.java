package io.jynamo.engine.weights;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What GGUF calls the tensors of the supported families. */
final class GgufNames {
    private static final Map<String, TensorRole> MODEL = Map.of(
            "token_embd.weight", TensorRole.TOKEN_EMBEDDING,
            "output_norm.weight", TensorRole.OUTPUT_NORM,
            "output.weight", TensorRole.OUTPUT,
            "rope_freqs.weight", TensorRole.ROPE_FACTORS);
    private static final Map<String, TensorRole> LAYER = layer();

    private GgufNames() {}

    private static Map<String, TensorRole> layer() {
        var names = new HashMap<String, TensorRole>();
        names.put("attn_norm.weight", TensorRole.ATTENTION_NORM);
        names.put("attn_q.weight", TensorRole.QUERY);
        names.put("attn_k.weight", TensorRole.KEY);
        names.put("attn_v.weight", TensorRole.VALUE);
        names.put("attn_q.bias", TensorRole.QUERY_BIAS);
        names.put("attn_k.bias", TensorRole.KEY_BIAS);
        names.put("attn_v.bias", TensorRole.VALUE_BIAS);
        names.put("attn_q_norm.weight", TensorRole.QUERY_NORM);
        names.put("attn_k_norm.weight", TensorRole.KEY_NORM);
        names.put("attn_output.weight", TensorRole.ATTENTION_OUTPUT);
        names.put("attn_output.bias", TensorRole.ATTENTION_OUTPUT_BIAS);
        names.put("post_attention_norm.weight", TensorRole.POST_ATTENTION_NORM);
        names.put("ffn_norm.weight", TensorRole.FFN_NORM);
        names.put("ffn_gate.weight", TensorRole.FFN_GATE);
        names.put("ffn_up.weight", TensorRole.FFN_UP);
        names.put("ffn_down.weight", TensorRole.FFN_DOWN);
        names.put("post_ffw_norm.weight", TensorRole.POST_FFN_NORM);
        return Map.copyOf(names);
    }

    /** The place of a tensor in the model, or null for a name that no supported family has. */
    static @Nullable TensorPlace place(String name) {
        if (!name.startsWith("blk.")) {
            TensorRole role = MODEL.get(name);
            return role == null ? null : new TensorPlace(role, 0);
        }
        return TensorPlace.inLayer(name, "blk.".length(), LAYER);
    }
}
