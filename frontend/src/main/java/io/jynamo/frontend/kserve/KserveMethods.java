package io.jynamo.frontend.kserve;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.jynamo.frontend.kserve.wire.Kserve;
import io.jynamo.frontend.kserve.wire.ModelConfigRequest;
import io.jynamo.frontend.kserve.wire.ModelConfigResponse;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelMetadataRequest;
import io.jynamo.frontend.kserve.wire.ModelMetadataResponse;
import io.jynamo.frontend.kserve.wire.ModelReadyRequest;
import io.jynamo.frontend.kserve.wire.ModelReadyResponse;
import io.jynamo.frontend.kserve.wire.ModelStreamInferResponse;
import io.jynamo.frontend.kserve.wire.RepositoryIndexRequest;
import io.jynamo.frontend.kserve.wire.RepositoryIndexResponse;
import io.jynamo.frontend.kserve.wire.ServerLiveRequest;
import io.jynamo.frontend.kserve.wire.ServerLiveResponse;
import io.jynamo.frontend.kserve.wire.ServerMetadataRequest;
import io.jynamo.frontend.kserve.wire.ServerMetadataResponse;
import io.jynamo.frontend.kserve.wire.ServerReadyRequest;
import io.jynamo.frontend.kserve.wire.ServerReadyResponse;

/** The calls of {@code inference.GRPCInferenceService}. Requests to infer stay bytes until they are read. */
final class KserveMethods {
    static final String SERVICE = "inference.GRPCInferenceService";

    static final MethodDescriptor<ServerLiveRequest, ServerLiveResponse> SERVER_LIVE =
            unary("ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance());
    static final MethodDescriptor<ServerReadyRequest, ServerReadyResponse> SERVER_READY =
            unary("ServerReady", ServerReadyRequest.getDefaultInstance(), ServerReadyResponse.getDefaultInstance());
    static final MethodDescriptor<ServerMetadataRequest, ServerMetadataResponse> SERVER_METADATA = unary(
            "ServerMetadata", ServerMetadataRequest.getDefaultInstance(), ServerMetadataResponse.getDefaultInstance());
    static final MethodDescriptor<ModelReadyRequest, ModelReadyResponse> MODEL_READY =
            unary("ModelReady", ModelReadyRequest.getDefaultInstance(), ModelReadyResponse.getDefaultInstance());
    static final MethodDescriptor<ModelMetadataRequest, ModelMetadataResponse> MODEL_METADATA = unary(
            "ModelMetadata", ModelMetadataRequest.getDefaultInstance(), ModelMetadataResponse.getDefaultInstance());
    static final MethodDescriptor<ModelConfigRequest, ModelConfigResponse> MODEL_CONFIG =
            unary("ModelConfig", ModelConfigRequest.getDefaultInstance(), ModelConfigResponse.getDefaultInstance());
    static final MethodDescriptor<RepositoryIndexRequest, RepositoryIndexResponse> REPOSITORY_INDEX = unary(
            "RepositoryIndex",
            RepositoryIndexRequest.getDefaultInstance(),
            RepositoryIndexResponse.getDefaultInstance());
    static final MethodDescriptor<byte[], ModelInferResponse> MODEL_INFER = MethodDescriptor.newBuilder(
                    new RawMessage(), ProtoUtils.marshaller(ModelInferResponse.getDefaultInstance()))
            .setType(MethodType.UNARY)
            .setFullMethodName(full("ModelInfer"))
            .build();
    static final MethodDescriptor<byte[], ModelStreamInferResponse> MODEL_STREAM_INFER = MethodDescriptor.newBuilder(
                    new RawMessage(), ProtoUtils.marshaller(ModelStreamInferResponse.getDefaultInstance()))
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(full("ModelStreamInfer"))
            .build();

    private KserveMethods() {}

    /** The service, with its file for whoever asks what it can do. */
    static ServiceDescriptor service() {
        return ServiceDescriptor.newBuilder(SERVICE)
                .setSchemaDescriptor(new File())
                .addMethod(SERVER_LIVE)
                .addMethod(SERVER_READY)
                .addMethod(SERVER_METADATA)
                .addMethod(MODEL_READY)
                .addMethod(MODEL_METADATA)
                .addMethod(MODEL_CONFIG)
                .addMethod(REPOSITORY_INDEX)
                .addMethod(MODEL_INFER)
                .addMethod(MODEL_STREAM_INFER)
                .build();
    }

    private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> unary(
            String name, Q request, A response) {
        return MethodDescriptor.newBuilder(ProtoUtils.marshaller(request), ProtoUtils.marshaller(response))
                .setType(MethodType.UNARY)
                .setFullMethodName(full(name))
                .build();
    }

    private static String full(String name) {
        return MethodDescriptor.generateFullMethodName(SERVICE, name);
    }

    private static final class File implements ProtoFileDescriptorSupplier {
        @Override
        public Descriptors.FileDescriptor getFileDescriptor() {
            return Kserve.getDescriptor();
        }
    }
}
