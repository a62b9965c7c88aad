package io.jynamo.frontend.kserve;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.kserve.wire.ModelConfigRequest;
import io.jynamo.frontend.kserve.wire.ModelConfigResponse;
import io.jynamo.frontend.kserve.wire.ModelMetadataRequest;
import io.jynamo.frontend.kserve.wire.ModelMetadataResponse;
import io.jynamo.frontend.kserve.wire.ModelReadyRequest;
import io.jynamo.frontend.kserve.wire.ModelReadyResponse;
import io.jynamo.frontend.kserve.wire.RepositoryIndexRequest;
import io.jynamo.frontend.kserve.wire.RepositoryIndexResponse;
import io.jynamo.frontend.kserve.wire.RepositoryIndexResponse.ModelIndex;
import io.jynamo.frontend.kserve.wire.ServerLiveRequest;
import io.jynamo.frontend.kserve.wire.ServerLiveResponse;
import io.jynamo.frontend.kserve.wire.ServerMetadataRequest;
import io.jynamo.frontend.kserve.wire.ServerMetadataResponse;
import io.jynamo.frontend.kserve.wire.ServerReadyRequest;
import io.jynamo.frontend.kserve.wire.ServerReadyResponse;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the server and its models are, for the key that asks: models that it may not ask for are not there.
 *
 * @param stage {@code ready}, {@code loading} or {@code draining}
 */
record ServerFacts(ModelRegistry models, Supplier<String> stage, String version) {
    private static final List<String> EXTENSIONS = List.of("model_configuration", "parameters", "binary_tensor_data");

    /** Whether it takes requests. */
    boolean isReady() {
        return stage.get().equals("ready");
    }

    ServerLiveResponse live(ServerLiveRequest ignored, KeyTerms terms) {
        return ServerLiveResponse.newBuilder().setLive(true).build();
    }

    ServerReadyResponse ready(ServerReadyRequest ignored, KeyTerms terms) {
        return ServerReadyResponse.newBuilder().setReady(isReady()).build();
    }

    ServerMetadataResponse metadata(ServerMetadataRequest ignored, KeyTerms terms) {
        return ServerMetadataResponse.newBuilder()
                .setName("jynamo")
                .setVersion(version)
                .addAllExtensions(EXTENSIONS)
                .build();
    }

    ModelReadyResponse modelReady(ModelReadyRequest asked, KeyTerms terms) {
        boolean ready = ModelFacts.isServed(asked.getVersion())
                && terms.models().allows(asked.getName())
                && models.stages().get(asked.getName()) instanceof ModelRegistry.Stage.Ready
                && !stage.get().equals("draining");
        return ModelReadyResponse.newBuilder().setReady(ready).build();
    }

    /** @throws io.jynamo.protocol.JynamoException MODEL_NOT_FOUND, NOT_READY */
    ModelMetadataResponse modelMetadata(ModelMetadataRequest asked, KeyTerms terms) {
        return ModelFacts.metadata(require(asked.getName(), asked.getVersion(), terms));
    }

    /** @throws io.jynamo.protocol.JynamoException MODEL_NOT_FOUND, NOT_READY */
    ModelConfigResponse modelConfig(ModelConfigRequest asked, KeyTerms terms) {
        ServedModel model = require(asked.getName(), asked.getVersion(), terms);
        return ModelConfigResponse.newBuilder()
                .setConfig(ModelFacts.config(model))
                .build();
    }

    private ServedModel require(String name, String version, KeyTerms terms) {
        ServedModel model = models.require(name, terms);
        ModelFacts.requireVersion(name, version);
        return model;
    }

    RepositoryIndexResponse index(RepositoryIndexRequest asked, KeyTerms terms) {
        var told = RepositoryIndexResponse.newBuilder();
        models.stages().forEach((name, at) -> {
            boolean ready = at instanceof ModelRegistry.Stage.Ready;
            if (terms.models().allows(name) && (ready || !asked.getReady())) {
                told.addModels(ModelIndex.newBuilder()
                        .setName(name)
                        .setVersion(ModelFacts.VERSION)
                        .setState(
                                switch (at) {
                                    case ModelRegistry.Stage.Loading ignored -> "LOADING";
                                    case ModelRegistry.Stage.Ready ignored -> "READY";
                                    case ModelRegistry.Stage.Draining ignored -> "UNLOADING";
                                }));
            }
        });
        return told.build();
    }
}
