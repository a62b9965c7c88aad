package io.jynamo.frontend;

import static io.jynamo.frontend.KserveClient.bytes;
import static io.jynamo.frontend.KserveClient.code;
import static io.jynamo.frontend.KserveClient.flag;
import static io.jynamo.frontend.KserveClient.input;
import static io.jynamo.frontend.KserveClient.number;
import static io.jynamo.frontend.KserveClient.prompt;
import static io.jynamo.frontend.KserveClient.raw;
import static io.jynamo.frontend.KserveClient.rawPrompt;
import static io.jynamo.frontend.KserveClient.text;
import static io.jynamo.frontend.KserveClient.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.kserve.wire.InferTensorContents;
import io.jynamo.frontend.kserve.wire.ModelInferRequest;
import io.jynamo.frontend.kserve.wire.ModelInferRequest.InferRequestedOutputTensor;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.protocol.GenerationRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ModelInfer over a real channel. */
@Timeout(60)
class KserveInferTest {
    private final ScriptedWorker worker =
            new ScriptedWorker(8_000_000, request -> ScriptedWorker.Script.text("Hello there."));

    private ServerFixture server;
    private KserveClient client;

    @BeforeEach
    void open() {
        server = ServerFixture.withKserve(worker, options -> options);
        client = new KserveClient(server);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private GenerationRequest asked() {
        return worker.started().getLast().request();
    }

    private void isInvalid(ModelInferRequest.Builder request, String... parts) {
        StatusRuntimeException refused = client.refusal(request);
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription()).contains(parts);
        assertThat(worker.started()).isEmpty();
    }

    @Test
    void aPromptIsAnswered() {
        ModelInferResponse response = client.infer(prompt("hi").setId("one"));
        assertThat(response.getModelName()).isEqualTo(KserveClient.MODEL);
        assertThat(response.getModelVersion()).isEqualTo("1");
        assertThat(response.getId()).isEqualTo("one");
        assertThat(texts(response, "text_output")).containsExactly("Hello there.");
        assertThat(texts(response, "finish_reason")).containsExactly("stop");
        assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L);
        assertThat(response.getOutputs(0).getDatatype()).isEqualTo("BYTES");
        assertThat(response.getRawOutputContentsCount()).isZero();
        assertThat(response.getParametersCount()).isZero();
        assertThat(server.router.booked()).isZero();
    }

    @Test
    void rawBytesAreAnsweredWithRawBytes() {
        ModelInferResponse response = client.infer(rawPrompt("grüß dich"));
        assertThat(response.getRawOutputContentsCount()).isEqualTo(2);
        assertThat(texts(response, "text_output")).containsExactly("Hello there.");
        assertThat(response.getOutputs(0).hasContents()).isFalse();
        int bytes = "grüß dich".getBytes(StandardCharsets.UTF_8).length;
        assertThat(asked().prompt().count()).isBetween(bytes, bytes + 1);
    }

    @Test
    void tokenIdsAreAPrompt() {
        var wide = input("input_ids", "INT64", 1, 3)
                .setContents(InferTensorContents.newBuilder()
                        .addInt64Contents(65)
                        .addInt64Contents(66)
                        .addInt64Contents(67));
        client.infer(
                ModelInferRequest.newBuilder().setModelName(KserveClient.MODEL).addInputs(wide));
        assertThat(asked().prompt().toArray()).containsExactly(65, 66, 67);
        ByteString narrow = ByteString.copyFrom(new byte[] {72, 0, 0, 0, 105, 0, 0, 0});
        client.infer(ModelInferRequest.newBuilder()
                .setModelName(KserveClient.MODEL)
                .addInputs(input("input_ids", "INT32", 2))
                .addRawInputContents(narrow));
        assertThat(asked().prompt().toArray()).containsExactly(72, 105);
    }

    @Test
    void parametersAreTheFieldsOfACompletion() {
        ModelInferResponse response = client.infer(prompt("hi")
                .putParameters("max_tokens", number(100))
                .putParameters("temperature", number(0.5))
                .putParameters("top_k", number(7))
                .putParameters("seed", number(11))
                .putParameters("ignore_eos", flag(true))
                .putParameters("stop", text("there"))
                .putParameters("stop_token_ids", text("[3, 4]")));
        assertThat(texts(response, "text_output")).containsExactly("Hello ");
        assertThat(asked().sampling().temperature()).isEqualTo(0.5f);
        assertThat(asked().sampling().topK()).isEqualTo(7);
        assertThat(asked().sampling().seed()).isEqualTo(11L);
        assertThat(asked().stopping().maxTokens()).isEqualTo(100);
        assertThat(asked().stopping().stopTokenIds()).containsExactlyInAnyOrder(3, 4);
    }

    @Test
    void severalStopsAreAnArray() {
        ModelInferResponse response = client.infer(prompt("hi").putParameters("stop", text("[\"zzz\", \"the\"]")));
        assertThat(texts(response, "text_output")).containsExactly("Hello ");
    }

    @Test
    void eachChoiceIsAnElement() {
        ModelInferResponse response = client.infer(prompt("hi").putParameters("n", number(3)));
        assertThat(texts(response, "text_output")).containsExactly("Hello there.", "Hello there.", "Hello there.");
        assertThat(response.getOutputs(1).getShapeList()).containsExactly(3L);
    }

    @Test
    void onlyTheOutputsThatAreAskedForCome() {
        ModelInferResponse response = client.infer(
                prompt("hi").addOutputs(InferRequestedOutputTensor.newBuilder().setName("text_output")));
        assertThat(response.getOutputsCount()).isEqualTo(1);
        isInvalidAfterwards(
                prompt("hi").addOutputs(InferRequestedOutputTensor.newBuilder().setName("logits")),
                "no output `logits`",
                "text_output");
    }

    private void isInvalidAfterwards(ModelInferRequest.Builder request, String... parts) {
        StatusRuntimeException refused = client.refusal(request);
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription()).contains(parts);
    }

    @Test
    void whatIsNotKnownIsRefusedByName() {
        isInvalid(prompt("hi").putParameters("tempurature", number(1)), "tempurature");
        isInvalid(prompt("hi").putParameters("logprobs", number(1)), "logprobs", "no output");
        isInvalid(prompt("hi").putParameters("nvext", text("{}")), "nvext", "metadata");
        isInvalid(prompt("hi").putParameters("max_tokens", text("many")), "max_tokens", "integer");
        isInvalid(prompt("hi").putParameters("top_p", number(Double.NaN)), "top_p", "finite");
        isInvalid(prompt("hi").putParameters("logit_bias", text("{},\"model\":\"x\"")), "logit_bias", "more than one");
        isInvalid(prompt("hi").putParameters("guided_json", text("{oops")), "guided_json", "JSON");
        isInvalid(
                prompt("hi")
                        .addInputs(bytes("image", 1)
                                .setContents(InferTensorContents.newBuilder().addBytesContents(ByteString.EMPTY))),
                "no input `image`",
                "text_input");
        isInvalid(
                prompt("hi")
                        .setInputs(
                                0,
                                prompt("hi").getInputs(0).toBuilder().putParameters("shared_memory_region", text("a"))),
                "shared_memory_region");
    }

    @Test
    void wrongShapesAndKindsAreRefused() {
        InferTensorContents.Builder two = InferTensorContents.newBuilder()
                .addBytesContents(ByteString.copyFromUtf8("a"))
                .addBytesContents(ByteString.copyFromUtf8("b"));
        isInvalid(of(bytes("text_input", 2).setContents(two)), "text_input", "one value");
        isInvalid(of(bytes("text_input", 1).setContents(two)), "has 2 values", "shape says 1");
        isInvalid(of(bytes("text_input", 1)), "has 0 values");
        isInvalid(of(bytes("text_input", -1).setContents(two)), "shape [-1]");
        isInvalid(of(bytes("text_input", 1L << 40, 1L << 40).setContents(two)), "shape");
        isInvalid(of(input("text_input", "FP32", 1)), "datatype BYTES", "'FP32'");
        isInvalid(of(input("input_ids", "UINT8", 1)), "datatype INT32");
        isInvalid(
                of(bytes("text_input", 1)
                        .setContents(InferTensorContents.newBuilder()
                                .addBytesContents(ByteString.copyFrom(new byte[] {(byte) 0xFF})))),
                "no UTF-8");
        isInvalid(prompt("hi").addInputs(prompt("again").getInputs(0)), "given twice");
        isInvalid(ModelInferRequest.newBuilder().setModelName(KserveClient.MODEL), "text_input", "input_ids");
        isInvalid(prompt("hi").addInputs(KserveClient.streaming()), "streaming", "ModelStreamInfer");
    }

    private static ModelInferRequest.Builder of(ModelInferRequest.InferInputTensor.Builder input) {
        return ModelInferRequest.newBuilder().setModelName(KserveClient.MODEL).addInputs(input);
    }

    @Test
    void wrongRawBytesAreRefused() {
        isInvalid(of(bytes("text_input", 1)).addRawInputContents(ByteString.copyFrom(new byte[] {1, 0})), "break off");
        isInvalid(
                of(bytes("text_input", 1)).addRawInputContents(ByteString.copyFrom(new byte[] {9, 0, 0, 0, 1})),
                "break off");
        isInvalid(
                of(bytes("text_input", 1)).addRawInputContents(ByteString.copyFrom(new byte[] {-1, -1, -1, -1})),
                "break off");
        isInvalid(of(bytes("text_input", 1)).addRawInputContents(raw("a", "b")), "has 2 values");
        isInvalid(
                of(input("input_ids", "INT64", 2)).addRawInputContents(ByteString.copyFrom(new byte[15])),
                "15 raw bytes",
                "16");
        isInvalid(rawPrompt("hi").addRawInputContents(raw("more")), "2 items for 1 inputs");
        isInvalid(rawPrompt("hi").setInputs(0, prompt("hi").getInputs(0)), "twice");
    }

    @Test
    void anUnknownModelIsNotFound() {
        StatusRuntimeException refused = client.refusal(prompt("hi").setModelName("nobody"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refused.getStatus().getDescription()).contains("nobody", KserveClient.MODEL);
        assertThat(code(refused)).isEqualTo("model_not_found");
        assertThat(client.refusal(prompt("hi").setModelVersion("2")).getStatus().getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        client.infer(prompt("hi").setModelVersion("1"));
    }

    @Test
    void aModelThatLoadsIsUnavailableForAWhile() {
        server.models.announce("soon");
        StatusRuntimeException refused = client.refusal(prompt("hi").setModelName("soon"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        var trailers = ServerFixture.known(refused.getTrailers());
        assertThat(trailers.get(KserveClient.key("retry-after"))).isEqualTo("1");
        assertThat(trailers.get(KserveClient.key("grpc-retry-pushback-ms"))).isEqualTo("1000");
    }

    @Test
    void aPromptOfMegabytesArrives() {
        String text = "word ".repeat(1_200_000);
        client.infer(rawPrompt(text));
        assertThat(asked().prompt().count()).isBetween(6_000_000, 6_000_001);
        ServerFixture.await(() -> server.node.server().bufferedBytes() == 0);
    }

    @Test
    void whatIsTooLongToBeToldAgainIsRefused() {
        isInvalid(prompt("hi").setId("x".repeat(5_000)), "`id`", "1024");
        isInvalid(prompt("hi").putParameters("p".repeat(100_000), number(1)), "parameter", "256");
        StatusRuntimeException refused = client.refusal(prompt("hi").setModelName("é".repeat(1_024)));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void metadataDoesWhatHeadersDo() {
        client.with("x-dynamo-worker-instance-id", "nonsense");
        StatusRuntimeException refused = client.refusal(prompt("hi"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription()).contains("x-dynamo-worker-instance-id");
    }
}
