package io.jynamo.frontend.kserve;

import com.google.protobuf.InvalidProtocolBufferException;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.kserve.wire.InferParameter;
import io.jynamo.frontend.kserve.wire.ModelInferRequest;
import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.EmbeddingsBody;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to infer whose form is checked.
 *
 * @param id its client's, told with every response; may be empty
 * @param inputs by name
 * @param outputs names of those it asks for; empty for all
 * @param isRaw its values came as bytes, and so go its answer's
 */
record InferRequest(
        String model,
        String id,
        Map<String, Tensor> inputs,
        Map<String, InferParameter> parameters,
        List<String> outputs,
        boolean isRaw) {
    /**
     * Reads a message.
     *
     * @throws Refusal naming what is wrong
     */
    static InferRequest read(byte[] bytes, int count) {
        ModelInferRequest told;
        try {
            told = ModelInferRequest.parser().parseFrom(bytes, 0, count);
        } catch (InvalidProtocolBufferException broken) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST, "The message is no ModelInferRequest: " + broken.getMessage(), null);
        }
        requireShort("model_name", told.getModelName());
        requireShort("id", told.getId());
        ModelFacts.requireVersion(told.getModelName(), told.getModelVersion());
        int raw = told.getRawInputContentsCount();
        if (raw > 0 && raw != told.getInputsCount()) {
            throw Refusal.invalid(
                    "raw_input_contents",
                    "`raw_input_contents` has " + raw + " items for " + told.getInputsCount() + " inputs.");
        }
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (int i = 0; i < told.getInputsCount(); i++) {
            Tensor tensor = Tensor.of(told.getInputs(i), raw > 0 ? told.getRawInputContents(i) : null);
            if (inputs.put(tensor.name(), tensor) != null) {
                throw Refusal.invalid(tensor.name(), "The input `" + tensor.name() + "` is given twice.");
            }
        }
        List<String> outputs =
                told.getOutputsList().stream().map(InferRequest::output).toList();
        return new InferRequest(told.getModelName(), told.getId(), inputs, told.getParametersMap(), outputs, raw > 0);
    }

    private static void requireShort(String field, String value) {
        if (value.length() > MessageFacts.MOST) {
            throw Refusal.invalid(
                    field,
                    "`" + field + "` must have at most " + MessageFacts.MOST + " characters, not " + value.length()
                            + ".");
        }
    }

    private static String output(ModelInferRequest.InferRequestedOutputTensor asked) {
        if (asked.getParametersCount() > 0) {
            String parameter = asked.getParametersMap().keySet().iterator().next();
            throw Refusal.unsupported(
                    asked.getName(),
                    "The parameter `" + parameter + "` of the output `" + asked.getName() + "` is not supported.");
        }
        return asked.getName();
    }

    /** Whether its stream ends with a response of its own where the last output came before the end was known. */
    boolean wantsEmptyFinal() {
        return Parameters.flag(parameters, Parameters.EMPTY_FINAL);
    }

    /** Whether it asks for that output. */
    boolean wants(String output) {
        return outputs.isEmpty() || outputs.contains(output);
    }

    /**
     * It as a completion: {@code text_input} or {@code input_ids}, {@code streaming} and the parameters.
     *
     * @throws Refusal naming what is wrong
     */
    CompletionRequest completion() {
        requireKnown(ModelFacts.COMPLETION);
        Tensor text = inputs.get(ModelFacts.TEXT);
        Tensor ids = inputs.get(ModelFacts.IDS);
        if ((text == null) == (ids == null)) {
            throw Refusal.invalid(
                    ModelFacts.TEXT,
                    text == null
                            ? "One of the inputs `text_input` (BYTES, [1]) and `input_ids` (INT32 or INT64) is needed."
                            : "The inputs `text_input` and `input_ids` are both given; one prompt is taken.");
        }
        JsonWriter out = new JsonWriter(1_024);
        out.beginObject().name("model").value(model).name("prompt");
        if (text != null) {
            out.value(text.text());
        } else if (ids != null) {
            out.beginArray();
            for (long id : ids.ids()) {
                out.value(id);
            }
            out.endArray();
        }
        Tensor streaming = streaming();
        if (streaming != null) {
            out.name("stream").value(streaming.flag());
        }
        Parameters.write(parameters, out);
        out.endObject();
        return CompletionRequest.parse(out.array(), out.count());
    }

    private @Nullable Tensor streaming() {
        Tensor streaming = inputs.get(ModelFacts.STREAMING);
        Tensor stream = inputs.get(ModelFacts.STREAM);
        if (streaming != null && stream != null) {
            throw Refusal.invalid(
                    ModelFacts.STREAM, "The inputs `stream` and `streaming` are one; only one of them is taken.");
        }
        return streaming == null ? stream : streaming;
    }

    /**
     * It as texts to embed: {@code text_input} and the parameters.
     *
     * @throws Refusal naming what is wrong
     */
    EmbeddingsBody embeddings() {
        requireKnown(ModelFacts.ENCODER);
        Tensor text = inputs.get(ModelFacts.TEXT);
        if (text == null) {
            throw Refusal.invalid(ModelFacts.TEXT, "The input `text_input` (BYTES, [n]) is needed.");
        }
        JsonWriter out = new JsonWriter(1_024);
        out.beginObject().name("model").value(model).name("input").beginArray();
        text.texts().forEach(out::value);
        out.endArray().name("encoding_format").value("base64");
        Parameters.write(parameters, out);
        out.endObject();
        return EmbeddingsBody.parse(out.array(), out.count());
    }

    private void requireKnown(ModelFacts.Tensors known) {
        for (String input : inputs.keySet()) {
            if (!known.inputs().contains(input)) {
                throw Refusal.unsupported(
                        input, "The model has no input `" + input + "`; its inputs are " + names(known.inputs()) + ".");
            }
        }
        for (String output : outputs) {
            if (!known.outputs().contains(output)) {
                throw Refusal.unsupported(
                        output,
                        "The model has no output `" + output + "`; its outputs are " + names(known.outputs()) + ".");
            }
        }
    }

    private static String names(List<String> names) {
        return "`" + String.join("`, `", names) + "`";
    }
}
