package io.jynamo.cli.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A LoRA adapter in the format of PEFT, of random weights on the values of each layer's attention. */
final class TinyAdapter {
    private static final int RANK = 8;

    private TinyAdapter() {}

    private record Tensor(String name, int rows, int columns) {
        int bytes() {
            return rows * columns * Float.BYTES;
        }
    }

    /** Writes one for a model's folder and gives its own. */
    static Path write(Path model, Path folder) throws IOException {
        JsonNode config = new JsonMapper().readTree(Files.readString(model.resolve("config.json")));
        int hidden = config.path("hidden_size").intValue();
        int heads = config.path("num_attention_heads").intValue();
        int values = config.path("num_key_value_heads").asInt(heads)
                * config.path("head_dim").asInt(hidden / heads);
        List<Tensor> tensors = new ArrayList<>();
        for (int layer = 0; layer < config.path("num_hidden_layers").intValue(); layer++) {
            String name = "base_model.model.model.layers." + layer + ".self_attn.v_proj.lora_";
            tensors.add(new Tensor(name + "A.weight", RANK, hidden));
            tensors.add(new Tensor(name + "B.weight", values, RANK));
        }
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("adapter_config.json"),
                "{\"peft_type\":\"LORA\",\"task_type\":\"CAUSAL_LM\",\"r\":" + RANK
                        + ",\"lora_alpha\":64,\"lora_dropout\":0.0,\"bias\":\"none\",\"target_modules\":[\"v_proj\"],"
                        + "\"base_model_name_or_path\":\"tiny\"}");
        writeTensors(folder.resolve("adapter_model.safetensors"), tensors);
        return folder;
    }

    private static void writeTensors(Path file, List<Tensor> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        int end = 0;
        for (Tensor tensor : tensors) {
            header.append(header.length() == 1 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                            .formatted(tensor.name(), tensor.rows(), tensor.columns(), end, end + tensor.bytes()));
            end += tensor.bytes();
        }
        byte[] head = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(Long.BYTES + head.length + end).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(head.length).put(head);
        SplittableRandom random = new SplittableRandom(5);
        while (all.hasRemaining()) {
            all.putFloat((float) random.nextGaussian());
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(all.array());
        }
    }
}
