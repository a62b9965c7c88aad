package io.jynamo.cli.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Whether a port can be listened on. */
final class PortCheck {
    private PortCheck() {}

    static Finding of(String host, int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return Finding.ok("port", port + " is free on " + host);
        } catch (IOException e) {
            return Finding.warn(
                    "port",
                    port + " cannot be listened on: " + e.getMessage(),
                    "the HTTP server listens there",
                    "stop what uses it, or choose another with --port");
        }
    }
}
