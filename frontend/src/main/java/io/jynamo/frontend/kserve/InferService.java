package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.embed.EmbeddingService;
import io.jynamo.frontend.generate.GenerationService;
import io.jynamo.frontend.http.BodyBudget;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.kserve.CallExchange.Seat;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Set;

/** Starts the runs of requests to infer: a completion, or vectors where the model makes those. */
final class InferService {
    /** What only an answer over HTTP can do. */
    private static final Set<String> NOT_PASSED_ON = Set.of("last-event-id", "x-jynamo-resumable", "x-jynamo-explain");

    /** They are only read: nobody writes them to a socket. */
    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private final ModelRegistry models;
    private final GenerationService generation;
    private final EmbeddingService embedding;
    private final BodyBudget budget;

    InferService(ModelRegistry models, GenerationService generation, EmbeddingService embedding, BodyBudget budget) {
        this.models = models;
        this.generation = generation;
        this.embedding = embedding;
        this.budget = budget;
    }

    /** A message whose room was taken. */
    RequestBody body(byte[] message) {
        return RequestBody.of(message, budget);
    }

    /**
     * Begins a request; its responses go to {@code outlet}.
     *
     * @param streams whether the outlet takes more than one
     */
    CallExchange begin(
            RequestHead head, RequestBody message, Visit visit, Seat seat, InferOutlet outlet, boolean streams) {
        CallExchange exchange = new CallExchange(head, message, visit, seat, outlet);
        String model = MessageFacts.of(message.bytes()).model();
        if (models.stages().get(model) instanceof ModelRegistry.Stage.Ready ready
                && ready.model().card().encoding() != null) {
            VectorTensors tensors = new VectorTensors();
            exchange.onWhole(tensors::of);
            embedding.embeddings(exchange, tensors::parse);
        } else {
            generation.direct(exchange, new InferClient(exchange, streams));
        }
        return exchange;
    }

    /** What headers say, by metadata of the same names. */
    static RequestHead head(ServerCall<?, ?> call, Metadata metadata) {
        HttpRequest request = new DefaultHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                "/" + call.getMethodDescriptor().getFullMethodName(),
                UNCHECKED);
        for (String name : metadata.keys()) {
            if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX) && !NOT_PASSED_ON.contains(name)) {
                String value = metadata.get(CallErrors.ascii(name));
                if (value != null) {
                    request.headers().add(name, value);
                }
            }
        }
        return RequestHead.of(request);
    }
}
