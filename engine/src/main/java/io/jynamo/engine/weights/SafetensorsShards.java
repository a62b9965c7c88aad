package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/** The safetensors files of one model folder: a single one, or the shards that an index names. */
final class SafetensorsShards implements AutoCloseable {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final int MAX_INDEX = 32 << 20;

    /**
     * A tensor and the file it is in.
     */
    record Located(SafetensorsFile file, SafetensorsFile.Tensor tensor) {}

    private final List<SafetensorsFile> files = new ArrayList<>();
    private final SequencedMap<String, Located> tensors = new LinkedHashMap<>();

    private SafetensorsShards() {}

    static SafetensorsShards open(Path folder) {
        var shards = new SafetensorsShards();
        try {
            if (Files.exists(folder.resolve(SINGLE))) {
                shards.addWhole(folder.resolve(SINGLE));
            } else if (Files.exists(folder.resolve(INDEX))) {
                shards.addIndexed(folder);
            } else {
                throw nothing(folder);
            }
            return shards;
        } catch (RuntimeException | Error e) {
            shards.close();
            throw e;
        }
    }

    private static RuntimeException nothing(Path folder) {
        if (Files.exists(folder.resolve("pytorch_model.bin"))
                || Files.exists(folder.resolve("pytorch_model.bin.index.json"))) {
            return ModelFileProblem.unsupported(
                    folder,
                    "has its weights only as pytorch_model.bin (a pickle, which is not read); save them as safetensors");
        }
        return ModelFileProblem.missing(
                folder, "has neither " + SINGLE + " nor " + INDEX + "; pull or copy the model again");
    }

    private void addWhole(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        files.add(file);
        file.tensors().forEach((name, tensor) -> tensors.put(name, new Located(file, tensor)));
    }

    private void addIndexed(Path folder) {
        Path indexPath = folder.resolve(INDEX);
        ConfigJson index = ConfigJson.read(indexPath, MAX_INDEX);
        ConfigJson map = index.findObject("weight_map").orElseThrow(() -> index.wrong("weight_map", "an object"));
        var opened = new LinkedHashMap<String, SafetensorsFile>();
        for (Map.Entry<String, JsonNode> entry : map.node().properties()) {
            String shard = shardName(map, entry);
            SafetensorsFile file = opened.get(shard);
            if (file == null) {
                file = openShard(folder, shard);
                files.add(file);
                opened.put(shard, file);
            }
            SafetensorsFile.Tensor tensor = file.tensors().get(entry.getKey());
            if (tensor == null) {
                throw ModelFileProblem.corrupt(
                        indexPath, "says that tensor " + quote(entry.getKey()) + " is in " + shard + ", and it is not");
            }
            tensors.put(entry.getKey(), new Located(file, tensor));
        }
    }

    private static SafetensorsFile openShard(Path folder, String shard) {
        Path path = folder.resolve(shard);
        if (!Files.exists(path)) {
            throw ModelFileProblem.missing(
                    path, "this shard is named by " + INDEX + " and is not there; pull or copy the model again");
        }
        return SafetensorsFile.open(path);
    }

    /** An index must not lead out of its folder. */
    private static String shardName(ConfigJson map, Map.Entry<String, JsonNode> entry) {
        String name = entry.getValue().isString() ? entry.getValue().stringValue() : "";
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,200}")) {
            throw map.wrong(entry.getKey(), "the name of a file in the same folder");
        }
        return name;
    }

    SequencedMap<String, Located> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
