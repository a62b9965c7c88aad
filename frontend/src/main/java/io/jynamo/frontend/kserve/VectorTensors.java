package io.jynamo.frontend.kserve;

import com.google.protobuf.ByteString;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.kserve.wire.InferTensorContents;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelInferResponse.InferOutputTensor;
import io.jynamo.frontend.openai.EmbeddingsBody;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts to embed out of one request's tensors, and makes its output tensor {@code embedding} (FP32, [texts, numbers]) of the
 * body that /v1/embeddings answers with.
 */
final class VectorTensors {
    private volatile @Nullable InferRequest asked;

    /** @throws io.jynamo.frontend.openai.Refusal naming what is wrong */
    EmbeddingsBody parse(byte[] message, int count) {
        InferRequest read = InferRequest.read(message, count);
        asked = read;
        return read.embeddings();
    }

    ModelInferResponse of(Answer answer) {
        InferRequest read = Objects.requireNonNull(asked);
        List<byte[]> vectors = vectors(answer);
        int width = vectors.isEmpty() ? 0 : vectors.getFirst().length / Float.BYTES;
        var tensor = InferOutputTensor.newBuilder()
                .setName(ModelFacts.EMBEDDING)
                .setDatatype("FP32")
                .addShape(vectors.size())
                .addShape(width);
        ModelInferResponse.Builder out = TextTensors.empty(read);
        if (read.isRaw()) {
            out.addRawOutputContents(ByteString.copyFrom(
                    vectors.stream().map(ByteString::copyFrom).toList()));
        } else {
            tensor.setContents(numbers(vectors));
        }
        return out.addOutputs(tensor).build();
    }

    private static InferTensorContents.Builder numbers(List<byte[]> vectors) {
        var numbers = InferTensorContents.newBuilder();
        for (byte[] vector : vectors) {
            ByteBuffer in = ByteBuffer.wrap(vector).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                numbers.addFp32Contents(in.getFloat());
            }
        }
        return numbers;
    }

    /** Each as little-endian floats; the body has them as base64, in order. */
    private static List<byte[]> vectors(Answer answer) {
        Object data = JsonInput.readObject(answer.body(), answer.body().length, in -> {
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                if (name.equals("data") && in.tree() instanceof List<?> list) {
                    while (in.nextName() != null) {
                        in.skip();
                    }
                    return list;
                }
                in.skip();
            }
            throw new IllegalStateException("an answer without vectors");
        });
        List<byte[]> vectors = new ArrayList<>();
        for (Object entry : (List<?>) data) {
            String base64 = (String) ((Map<?, ?>) entry).get("embedding");
            vectors.add(Base64.getDecoder().decode(base64));
        }
        return vectors;
    }
}
