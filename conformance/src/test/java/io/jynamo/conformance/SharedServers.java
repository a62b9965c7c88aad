package io.jynamo.conformance;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts each of the shared simulated servers once for the whole run, and stops them at its end. */
final class SharedServers implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
        return parameter.getParameter().getType() == Server.class && parameter.isAnnotated(Pace.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext extension) {
        Pace.Kind kind = parameter.findAnnotation(Pace.class).orElseThrow().value();
        return extension
                .getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedServers.class))
                .computeIfAbsent(
                        kind,
                        key -> switch (key) {
                            case FAST -> Server.fast();
                            case REAL -> Server.paced();
                        },
                        Server.class);
    }
}
