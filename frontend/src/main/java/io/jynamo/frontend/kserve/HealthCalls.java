package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.jynamo.frontend.kserve.CallExchange.Seat;
import io.jynamo.frontend.kserve.wire.health.HealthCheckRequest;
import io.jynamo.frontend.kserve.wire.health.HealthCheckResponse;
import io.jynamo.frontend.kserve.wire.health.HealthCheckResponse.ServingStatus;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The standard health service: of the whole server, and of the one service that it has. */
final class HealthCalls {
    private static final String SERVICE = "grpc.health.v1.Health";

    static final MethodDescriptor<HealthCheckRequest, HealthCheckResponse> CHECK = method("Check", MethodType.UNARY);
    static final MethodDescriptor<HealthCheckRequest, HealthCheckResponse> WATCH =
            method("Watch", MethodType.SERVER_STREAMING);

    private final BooleanSupplier ready;

    /** @param ready whether the server takes requests */
    HealthCalls(BooleanSupplier ready) {
        this.ready = ready;
    }

    private static MethodDescriptor<HealthCheckRequest, HealthCheckResponse> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(
                        ProtoUtils.marshaller(HealthCheckRequest.getDefaultInstance()),
                        ProtoUtils.marshaller(HealthCheckResponse.getDefaultInstance()))
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .build();
    }

    static ServiceDescriptor service() {
        return ServiceDescriptor.newBuilder(SERVICE)
                .addMethod(CHECK)
                .addMethod(WATCH)
                .build();
    }

    private ServingStatus status(String service) {
        if (!service.isEmpty() && !service.equals(KserveMethods.SERVICE)) {
            return ServingStatus.SERVICE_UNKNOWN;
        }
        return ready.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

    private static HealthCheckResponse told(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /** Answers Check. */
    void check(HealthCheckRequest asked, ServerCall<HealthCheckRequest, HealthCheckResponse> call) {
        ServingStatus status = status(asked.getService());
        if (status == ServingStatus.SERVICE_UNKNOWN) {
            call.close(
                    Status.NOT_FOUND.withDescription("There is no service `" + asked.getService() + "` here."),
                    new Metadata());
            return;
        }
        call.sendHeaders(new Metadata());
        call.sendMessage(told(status));
        call.close(Status.OK, new Metadata());
    }

    /** One Watch: tells the status now, and each change. Event loop only. */
    final class Watching extends ServerCall.Listener<HealthCheckRequest> {
        private final ServerCall<HealthCheckRequest, HealthCheckResponse> call;
        private final Seat seat;
        private final Runnable onOver;
        private Runnable clock = () -> {};
        private String service = "";
        private boolean over;
        private @Nullable ServingStatus last;

        Watching(ServerCall<HealthCheckRequest, HealthCheckResponse> call, Seat seat, Runnable onOver) {
            this.call = call;
            this.seat = seat;
            this.onOver = onOver;
            call.request(1);
        }

        @Override
        public void onMessage(HealthCheckRequest asked) {
            service = asked.getService();
            call.sendHeaders(new Metadata());
            look();
            clock = seat.watchTime().apply(now -> look());
        }

        private void look() {
            ServingStatus now = status(service);
            if (now != last && call.isReady()) {
                last = now;
                call.sendMessage(told(now));
            }
        }

        /** The server stops. */
        void stop() {
            if (leave()) {
                call.close(Status.UNAVAILABLE.withDescription("The server stopped."), new Metadata());
            }
        }

        @Override
        public void onCancel() {
            leave();
        }

        private boolean leave() {
            if (over) {
                return false;
            }
            over = true;
            clock.run();
            onOver.run();
            return true;
        }
    }
}
