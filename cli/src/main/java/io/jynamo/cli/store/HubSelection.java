package io.jynamo.cli.store;

import io.jynamo.cli.store.HubModel.HubFile;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which files of a repository make up the model that was asked for: one GGUF file, or a folder of safetensors with what goes with it. */
final class HubSelection {
    private static final Set<String> BESIDE = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "vocab.txt",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json",
            "LICENSE",
            "LICENSE.txt",
            "LICENSE.md",
            "USE_POLICY.md",
            "NOTICE");
    private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");
    private static final Pattern GGUF_SHARD = Pattern.compile(".*-\\d{5}-of-\\d{5}\\.gguf");
    private static final int NAMED = 12;

    private HubSelection() {}

    static List<HubFile> of(ModelSpec.Hub spec, HubModel model) {
        return spec.file() == null ? folder(spec, model) : List.of(single(spec, spec.file(), model));
    }

    private static HubFile single(ModelSpec.Hub spec, String file, HubModel model) {
        if (GGUF_SHARD.matcher(file).matches()) {
            throw refused(
                    ErrorCode.MODEL_UNSUPPORTED, spec, "is one part of a split GGUF file; only whole files are read");
        }
        return model.find(file)
                .orElseThrow(() ->
                        refused(ErrorCode.PULL_FAILED, spec, "the repository has no such file; " + ggufFiles(model)));
    }

    private static List<HubFile> folder(ModelSpec.Hub spec, HubModel model) {
        boolean whole = model.find("model.safetensors").isPresent();
        boolean sharded = model.find("model.safetensors.index.json").isPresent();
        if (!whole && !sharded) {
            throw nothingReadable(spec, model);
        }
        if (model.find("config.json").isEmpty()) {
            throw refused(
                    ErrorCode.MODEL_UNSUPPORTED,
                    spec,
                    "the repository has no config.json: it is no transformers model");
        }
        return model.files().stream()
                .filter(f -> BESIDE.contains(f.path())
                        || (whole
                                ? f.path().equals("model.safetensors")
                                : f.path().equals("model.safetensors.index.json")
                                        || SHARD.matcher(f.path()).matches()))
                .toList();
    }

    private static JynamoException nothingReadable(ModelSpec.Hub spec, HubModel model) {
        if (model.files().stream().anyMatch(f -> f.path().endsWith(".gguf"))) {
            return refused(
                    ErrorCode.PULL_FAILED, spec, "the repository holds GGUF files; name one: " + ggufFiles(model));
        }
        if (model.files().stream().anyMatch(f -> f.path().startsWith("pytorch_model"))) {
            return refused(
                    ErrorCode.MODEL_UNSUPPORTED,
                    spec,
                    "the repository has its weights only as pickles (pytorch_model), not as safetensors");
        }
        return refused(ErrorCode.MODEL_UNSUPPORTED, spec, "the repository has neither safetensors nor GGUF files");
    }

    private static String ggufFiles(HubModel model) {
        List<String> names = model.files().stream()
                .map(HubFile::path)
                .filter(p -> p.endsWith(".gguf"))
                .toList();
        if (names.isEmpty()) {
            return "it has no GGUF files";
        }
        String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
        return "hf:" + model.repository() + "/" + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + more;
    }

    private static JynamoException refused(ErrorCode code, ModelSpec.Hub spec, String what) {
        return new JynamoException(code, spec.text() + ": " + what);
    }
}
