package io.jynamo.frontend;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.jynamo.frontend.kserve.wire.InferParameter;
import io.jynamo.frontend.kserve.wire.InferTensorContents;
import io.jynamo.frontend.kserve.wire.ModelInferRequest;
import io.jynamo.frontend.kserve.wire.ModelInferRequest.InferInputTensor;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelStreamInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A client of KServe's service over a channel of its own. */
final class KserveClient implements AutoCloseable {
    static final String MODEL = "org/test-model";
    static final Metadata.Key<String> CODE = key("x-jynamo-error-code");

    static final MethodDescriptor<ModelInferRequest, ModelInferResponse> INFER = method(
            "inference.GRPCInferenceService/ModelInfer",
            MethodType.UNARY,
            ModelInferRequest.getDefaultInstance(),
            ModelInferResponse.getDefaultInstance());
    static final MethodDescriptor<ModelInferRequest, ModelStreamInferResponse> STREAM_INFER = method(
            "inference.GRPCInferenceService/ModelStreamInfer",
            MethodType.BIDI_STREAMING,
            ModelInferRequest.getDefaultInstance(),
            ModelStreamInferResponse.getDefaultInstance());

    final ManagedChannel connection;
    private Channel channel;

    KserveClient(ServerFixture server) {
        this(NettyChannelBuilder.forAddress("127.0.0.1", ServerFixture.known(server.node.kservePort()))
                .usePlaintext()
                .maxInboundMessageSize(64 << 20));
    }

    /** One that takes as much as HTTP/2 grants at first, and no more before it is read. */
    static KserveClient narrow(ServerFixture server) {
        return new KserveClient(
                NettyChannelBuilder.forAddress("127.0.0.1", ServerFixture.known(server.node.kservePort()))
                        .usePlaintext()
                        .flowControlWindow(65_535));
    }

    KserveClient(NettyChannelBuilder builder) {
        connection = builder.build();
        channel = connection;
    }

    static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
            String name, MethodType type, Q request, A answer) {
        return MethodDescriptor.newBuilder(ProtoUtils.marshaller(request), ProtoUtils.marshaller(answer))
                .setType(type)
                .setFullMethodName(name)
                .build();
    }

    static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** The same, from now on with that metadata. */
    KserveClient with(String name, String value) {
        Metadata metadata = new Metadata();
        metadata.put(key(name), value);
        channel = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
        return this;
    }

    Channel channel() {
        return channel;
    }

    ModelInferResponse infer(ModelInferRequest.Builder request) {
        return infer(request, CallOptions.DEFAULT);
    }

    ModelInferResponse infer(ModelInferRequest.Builder request, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, INFER, options, request.build());
    }

    /** The failure that a request is answered with. */
    StatusRuntimeException refusal(ModelInferRequest.Builder request) {
        try {
            ModelInferResponse response = infer(request);
            throw new AssertionError("it was answered: " + response);
        } catch (StatusRuntimeException refused) {
            return refused;
        }
    }

    static String code(StatusRuntimeException refused) {
        return String.valueOf(ServerFixture.known(refused.getTrailers()).get(CODE));
    }

    <Q extends Message, A extends Message> A ask(String call, Q request, A answer) {
        return ClientCalls.blockingUnaryCall(
                channel, method(call, MethodType.UNARY, request, answer), CallOptions.DEFAULT, request);
    }

    /** A prompt in a typed field. */
    static ModelInferRequest.Builder prompt(String text) {
        return ModelInferRequest.newBuilder()
                .setModelName(MODEL)
                .addInputs(bytes("text_input", 1)
                        .setContents(InferTensorContents.newBuilder().addBytesContents(ByteString.copyFromUtf8(text))));
    }

    /** A prompt as raw bytes. */
    static ModelInferRequest.Builder rawPrompt(String text) {
        return ModelInferRequest.newBuilder()
                .setModelName(MODEL)
                .addInputs(bytes("text_input", 1))
                .addRawInputContents(raw(text));
    }

    static InferInputTensor.Builder bytes(String name, long... shape) {
        return input(name, "BYTES", shape);
    }

    static InferInputTensor.Builder input(String name, String datatype, long... shape) {
        var input = InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    static InferInputTensor.Builder streaming() {
        return input("streaming", "BOOL", 1)
                .setContents(InferTensorContents.newBuilder().addBoolContents(true));
    }

    static ByteString raw(String... texts) {
        ByteString all = ByteString.EMPTY;
        for (String text : texts) {
            ByteString value = ByteString.copyFromUtf8(text);
            ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            length.putInt(value.size()).flip();
            all = all.concat(ByteString.copyFrom(length)).concat(value);
        }
        return all;
    }

    static InferParameter number(long value) {
        return InferParameter.newBuilder().setInt64Param(value).build();
    }

    static InferParameter number(double value) {
        return InferParameter.newBuilder().setDoubleParam(value).build();
    }

    static InferParameter text(String value) {
        return InferParameter.newBuilder().setStringParam(value).build();
    }

    static InferParameter flag(boolean value) {
        return InferParameter.newBuilder().setBoolParam(value).build();
    }

    /** The texts of an output, wherever they stand. */
    static List<String> texts(ModelInferResponse response, String output) {
        for (int i = 0; i < response.getOutputsCount(); i++) {
            if (response.getOutputs(i).getName().equals(output)) {
                return response.getRawOutputContentsCount() > 0
                        ? split(response.getRawOutputContents(i))
                        : response.getOutputs(i).getContents().getBytesContentsList().stream()
                                .map(ByteString::toStringUtf8)
                                .toList();
            }
        }
        throw new AssertionError("no output " + output + " in " + response);
    }

    private static List<String> split(ByteString raw) {
        List<String> texts = new java.util.ArrayList<>();
        ByteBuffer in = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int length = in.getInt();
            texts.add(raw.substring(in.position(), in.position() + length).toStringUtf8());
            in.position(in.position() + length);
        }
        return texts;
    }

    @Override
    public void close() {
        connection.shutdownNow();
    }
}
