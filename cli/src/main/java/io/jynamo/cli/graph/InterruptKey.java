package io.jynamo.cli.graph;

import java.lang.reflect.Proxy;

/**
 * Ctrl-C, told from the other signals that end a process: a terminal that closes must not stop what Ctrl-C stops, and a
 * shutdown hook cannot tell which of them it was. The JDK's one way to it is an interface that is not to be compiled
 * against.
 */
final class InterruptKey {
    private InterruptKey() {}

    /** Has this done, instead of ending the process, whenever it is pressed. */
    static void onPressed(Runnable told) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, values) -> {
                        if (method.getName().equals("handle")) {
                            told.run();
                        }
                        return null;
                    });
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler).invoke(null, interrupt, proxy);
        } catch (ReflectiveOperationException | RuntimeException notHere) {
            // A JVM without it (or with -Xrs) ends at Ctrl-C, and leaves the graph to 'jynamo stop'.
            System.getLogger(InterruptKey.class.getName())
                    .log(System.Logger.Level.WARNING, "Ctrl-C will not stop the graph: {0}", notHere.getMessage());
        }
    }
}
