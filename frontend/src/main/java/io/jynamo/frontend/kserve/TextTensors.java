package io.jynamo.frontend.kserve;

import com.google.protobuf.ByteString;
import io.jynamo.frontend.kserve.wire.InferParameter;
import io.jynamo.frontend.kserve.wire.InferTensorContents;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelInferResponse.InferOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The output tensors of a completion while its text comes. What is taken holds one element for each choice, in order; one with
 * nothing new is empty.
 */
final class TextTensors {
    static final String FINAL = "triton_final_response";
    private static final int LENGTH_BYTES = 4;

    private final InferRequest asked;
    private final StringBuilder[] texts;
    private final String[] finishes;
    private boolean any;

    TextTensors(InferRequest asked, int choices) {
        this.asked = asked;
        this.texts = new StringBuilder[choices];
        this.finishes = new String[choices];
        Arrays.setAll(texts, i -> new StringBuilder());
        Arrays.fill(finishes, "");
    }

    /** A choice has that much more text; {@code finish} is empty while it goes on. */
    void add(int choice, String text, String finish) {
        texts[choice].append(text);
        finishes[choice] = finish;
        any = true;
    }

    boolean isEmpty() {
        return !any;
    }

    /** What was added and not taken yet. */
    ModelInferResponse.Builder take() {
        ModelInferResponse.Builder out = empty(asked);
        if (asked.wants(ModelFacts.TEXT_OUTPUT)) {
            put(
                    out,
                    ModelFacts.TEXT_OUTPUT,
                    Arrays.stream(texts)
                            .map(text -> ByteString.copyFromUtf8(text.toString()))
                            .toList());
        }
        if (asked.wants(ModelFacts.FINISH_REASON)) {
            put(
                    out,
                    ModelFacts.FINISH_REASON,
                    Arrays.stream(finishes).map(ByteString::copyFromUtf8).toList());
        }
        for (StringBuilder text : texts) {
            text.setLength(0);
        }
        any = false;
        return out;
    }

    /** A response without outputs. */
    static ModelInferResponse.Builder empty(InferRequest asked) {
        return ModelInferResponse.newBuilder()
                .setModelName(asked.model())
                .setModelVersion(ModelFacts.VERSION)
                .setId(asked.id());
    }

    /** Says whether more responses follow. */
    static ModelInferResponse.Builder mark(ModelInferResponse.Builder out, boolean last) {
        return out.putParameters(
                FINAL, InferParameter.newBuilder().setBoolParam(last).build());
    }

    private void put(ModelInferResponse.Builder out, String name, List<ByteString> values) {
        var tensor = InferOutputTensor.newBuilder()
                .setName(name)
                .setDatatype("BYTES")
                .addShape(values.size());
        if (asked.isRaw()) {
            out.addRawOutputContents(raw(values));
        } else {
            tensor.setContents(InferTensorContents.newBuilder().addAllBytesContents(values));
        }
        out.addOutputs(tensor);
    }

    private static ByteString raw(List<ByteString> values) {
        int size =
                values.stream().mapToInt(value -> LENGTH_BYTES + value.size()).sum();
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (ByteString value : values) {
            out.putInt(value.size());
            value.copyTo(out);
        }
        return ByteString.copyFrom(out.flip());
    }
}
