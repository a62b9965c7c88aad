package io.jynamo.frontend.kserve;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.kserve.wire.DataType;
import io.jynamo.frontend.kserve.wire.ModelConfig;
import io.jynamo.frontend.kserve.wire.ModelInput;
import io.jynamo.frontend.kserve.wire.ModelMetadataResponse;
import io.jynamo.frontend.kserve.wire.ModelMetadataResponse.TensorMetadata;
import io.jynamo.frontend.kserve.wire.ModelOutput;
import io.jynamo.frontend.kserve.wire.ModelTransactionPolicy;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.List;

/** What a model's tensors are, as clients ask for it. Every model has one version. */
final class ModelFacts {
    static final String VERSION = "1";
    static final String PLATFORM = "jynamo";

    static final String TEXT = "text_input";
    static final String IDS = "input_ids";
    static final String STREAMING = "streaming";
    /** The same as {@link #STREAMING}, under its other name. */
    static final String STREAM = "stream";

    static final String TEXT_OUTPUT = "text_output";
    static final String FINISH_REASON = "finish_reason";
    static final String EMBEDDING = "embedding";

    /** The names of a kind of model's tensors. */
    record Tensors(List<String> inputs, List<String> outputs) {}

    static final Tensors COMPLETION =
            new Tensors(List.of(TEXT, IDS, STREAMING, STREAM), List.of(TEXT_OUTPUT, FINISH_REASON));
    static final Tensors ENCODER = new Tensors(List.of(TEXT), List.of(EMBEDDING));

    private ModelFacts() {}

    /**
     * Refuses versions that there are not.
     *
     * @throws JynamoException MODEL_NOT_FOUND
     */
    static void requireVersion(String model, String version) {
        if (!isServed(version)) {
            throw new JynamoException(
                    ErrorCode.MODEL_NOT_FOUND,
                    "The model `" + model + "` has no version `" + version + "`; models have the version 1 alone.");
        }
    }

    static boolean isServed(String version) {
        return version.isEmpty() || version.equals(VERSION);
    }

    static ModelMetadataResponse metadata(ServedModel model) {
        var told = ModelMetadataResponse.newBuilder()
                .setName(model.name())
                .addVersions(VERSION)
                .setPlatform(PLATFORM);
        if (model.card().encoding() != null) {
            return told.addInputs(tensor(TEXT, "BYTES", -1))
                    .addOutputs(tensor(EMBEDDING, "FP32", -1, -1))
                    .build();
        }
        return told.addInputs(tensor(TEXT, "BYTES", 1))
                .addInputs(tensor(IDS, "INT64", -1))
                .addInputs(tensor(STREAMING, "BOOL", 1))
                .addOutputs(tensor(TEXT_OUTPUT, "BYTES", -1))
                .addOutputs(tensor(FINISH_REASON, "BYTES", -1))
                .build();
    }

    private static TensorMetadata tensor(String name, String datatype, long... shape) {
        var told = TensorMetadata.newBuilder().setName(name).setDatatype(datatype);
        for (long size : shape) {
            told.addShape(size);
        }
        return told.build();
    }

    static ModelConfig config(ServedModel model) {
        var told = ModelConfig.newBuilder()
                .setName(model.name())
                .setPlatform(PLATFORM)
                .setBackend(PLATFORM);
        if (model.card().encoding() != null) {
            return told.addInput(input(TEXT, DataType.TYPE_STRING, -1, false))
                    .addOutput(ModelOutput.newBuilder()
                            .setName(EMBEDDING)
                            .setDataType(DataType.TYPE_FP32)
                            .addDims(-1)
                            .addDims(-1))
                    .build();
        }
        return told.addInput(input(TEXT, DataType.TYPE_STRING, 1, true))
                .addInput(input(IDS, DataType.TYPE_INT64, -1, true))
                .addInput(input(STREAMING, DataType.TYPE_BOOL, 1, true))
                .addOutput(text(TEXT_OUTPUT))
                .addOutput(text(FINISH_REASON))
                .setModelTransactionPolicy(ModelTransactionPolicy.newBuilder().setDecoupled(true))
                .build();
    }

    private static ModelInput input(String name, DataType type, long size, boolean optional) {
        return ModelInput.newBuilder()
                .setName(name)
                .setDataType(type)
                .addDims(size)
                .setOptional(optional)
                .build();
    }

    private static ModelOutput text(String name) {
        return ModelOutput.newBuilder()
                .setName(name)
                .setDataType(DataType.TYPE_STRING)
                .addDims(-1)
                .build();
    }
}
