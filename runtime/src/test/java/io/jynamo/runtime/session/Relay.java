package io.jynamo.runtime.session;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A loopback proxy that a test may freeze (nothing passes, nothing breaks) or cut. */
final class Relay implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final InetSocketAddress target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private boolean frozen;

    Relay(InetSocketAddress target) throws IOException {
        this.target = target;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) door.getLocalSocketAddress();
    }

    synchronized void freeze(boolean is) {
        frozen = is;
        notifyAll();
    }

    private synchronized void awaitThaw(Socket open) throws InterruptedException {
        while (frozen && !open.isClosed()) {
            wait();
        }
    }

    /** Breaks what is open. */
    synchronized void cut() {
        for (Socket socket : sockets) {
            close(socket);
        }
        sockets.clear();
        notifyAll();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket server = new Socket(target.getAddress(), target.getPort());
                sockets.add(client);
                sockets.add(server);
                Thread.ofPlatform().daemon().start(() -> pump(client, server));
                Thread.ofPlatform().daemon().start(() -> pump(server, client));
            } catch (IOException refused) {
                // the next may be let through
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] piece = new byte[1 << 16];
        try {
            for (int read = from.getInputStream().read(piece);
                    read >= 0;
                    read = from.getInputStream().read(piece)) {
                awaitThaw(from);
                to.getOutputStream().write(piece, 0, read);
            }
        } catch (IOException | InterruptedException broken) {
            // as a network does
        }
        close(from);
        close(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException already) {
            // gone
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }
}
