package io.jynamo.cli.worker;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports of this machine that are free now, for engines that must be told theirs. */
final class LocalPorts {
    private static final int ATTEMPTS = 50;

    private LocalPorts() {}

    static int free() {
        return consecutive(1);
    }

    /** The first of so many in a row. */
    static int consecutive(int count) {
        IOException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<ServerSocket> held = new ArrayList<>();
            try {
                held.add(bind(0));
                int first = held.getFirst().getLocalPort();
                for (int i = 1; i < count; i++) {
                    held.add(bind(first + i));
                }
                return first;
            } catch (IOException | IllegalArgumentException taken) { // beyond the last port
                last = taken instanceof IOException io ? io : new IOException(taken);
            } finally {
                held.forEach(LocalPorts::close);
            }
        }
        throw new JynamoException(
                ErrorCode.ADDRESS_IN_USE,
                "no " + count + " free ports in a row were found for the engine on 127.0.0.1 in " + ATTEMPTS
                        + " attempts",
                last);
    }

    private static ServerSocket bind(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was only held to see that it is free.
        }
    }
}
