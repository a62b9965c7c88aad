package io.jynamo.engine.kvfeed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A loopback proxy whose connections can be broken; to port 0 it accepts and says nothing. */
final class TcpBreaker implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final int target;

    TcpBreaker(int target) throws IOException {
        this.target = target;
        threads.add(Thread.ofVirtual().start(this::accept));
    }

    int port() {
        return server.getLocalPort();
    }

    void breakAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = server.accept();
                sockets.add(near);
                if (target != 0) {
                    Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.add(far);
                    threads.add(Thread.ofVirtual().start(() -> copy(near, far)));
                    threads.add(Thread.ofVirtual().start(() -> copy(far, near)));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Broken, as it is meant to be.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        breakAll();
        threads.forEach(ZmqKvEventsTest::join);
    }
}
