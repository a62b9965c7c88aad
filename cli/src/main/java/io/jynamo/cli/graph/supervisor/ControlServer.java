package io.jynamo.cli.graph.supervisor;

import io.jynamo.cli.graph.ChannelDeadline;
import io.jynamo.cli.graph.supervision.GraphEvent;
import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.cli.graph.supervision.ReplicaState;
import io.jynamo.cli.graph.supervision.RoleStatus;
import io.jynamo.cli.graph.supervision.StatusChange;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The supervisor's end of the control socket; the package of {@code GraphControl} says what is spoken there. */
final class ControlServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ControlServer.class.getName());
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CONNECTIONS = 64;
    private static final int LONGEST_REQUEST = 64 << 10;
    private static final Duration REQUEST = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Path socket;
    private final ServerSocketChannel server;
    private final Supervisor supervisor;
    private final Semaphore places = new Semaphore(CONNECTIONS);
    private final Set<Thread> handlers = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private ControlServer(Path socket, ServerSocketChannel server, Supervisor supervisor) {
        this.socket = socket;
        this.server = server;
        this.supervisor = supervisor;
        this.acceptor = Thread.ofVirtual().name("graph-control").start(this::accept);
    }

    /** Listens in a folder that is its user's alone, so that nobody is in before the socket is too. */
    static ControlServer listen(Path socket, Supervisor supervisor) {
        try {
            Files.deleteIfExists(socket); // of a supervisor that was killed
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket), CONNECTIONS);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return new ControlServer(socket, server, supervisor);
        } catch (IOException refused) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "no socket at " + socket + ": " + refused.getMessage()
                            + "; where its path is too long, set XDG_STATE_HOME to a shorter one",
                    refused);
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                if (places.tryAcquire()) {
                    Thread handler =
                            Thread.ofVirtual().name("graph-control-call").unstarted(() -> serve(channel));
                    handlers.add(handler);
                    handler.start();
                } else {
                    channel.close();
                }
            } catch (IOException e) {
                if (server.isOpen()) {
                    LOG.log(System.Logger.Level.WARNING, "a call was not taken: {0}", e.getMessage());
                }
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            JsonNode request;
            try (var _ = ChannelDeadline.of(channel, REQUEST)) {
                request = JSON.readTree(line(channel));
            }
            answer(request, channel);
        } catch (IOException | JacksonException gone) {
            LOG.log(System.Logger.Level.DEBUG, "a call ended early: {0}", gone.getMessage());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            handlers.remove(Thread.currentThread());
            places.release();
        }
    }

    private void answer(JsonNode request, SocketChannel channel) throws IOException, InterruptedException {
        try {
            GraphStatus done = perform(request, channel);
            ObjectNode answer = JSON.createObjectNode().put("ok", true);
            answer.set("graph", JSON.valueToTree(done));
            send(channel, answer);
        } catch (JynamoException refused) {
            send(
                    channel,
                    JSON.createObjectNode()
                            .put("error", refused.code().id())
                            .put("message", String.valueOf(refused.getMessage())));
        }
    }

    private GraphStatus perform(JsonNode request, SocketChannel channel) throws IOException, InterruptedException {
        String role = request.path("role").asString("");
        String operation = request.path("op").asString("");
        return switch (operation) {
            case "status" -> supervisor.ask(new GraphEvent.Tick());
            case "scale" -> {
                int replicas = request.path("replicas").asInt(-1);
                yield follow(new GraphEvent.Scale(role, replicas), channel, settled(role));
            }
            case "restart" -> follow(new GraphEvent.Restart(role), channel, settled(role));
            case "stop" -> follow(new GraphEvent.Stop(), channel, GraphStatus::finished);
            case "signal" -> supervisor.ask(signal(request));
            default ->
                throw new JynamoException(
                        ErrorCode.INVALID_REQUEST,
                        "op '" + operation + "' is none of status, scale, restart, stop, signal");
        };
    }

    private static GraphEvent signal(JsonNode request) {
        String signal = request.path("signal").asString("");
        if (!signal.equals("KILL") && !signal.equals("TERM")) {
            throw new JynamoException(ErrorCode.INVALID_REQUEST, "signal '" + signal + "' is neither KILL nor TERM");
        }
        return new GraphEvent.End(request.path("pid").asLong(0), signal.equals("KILL"));
    }

    private static Predicate<GraphStatus> settled(String name) {
        return graph -> {
            RoleStatus role = graph.require(name);
            role.replicas().stream()
                    .filter(replica -> replica.state() == ReplicaState.FAILING)
                    .findFirst()
                    .ifPresent(replica -> {
                        throw new JynamoException(
                                ErrorCode.WORKER_LOST,
                                replica.name() + " dies again and again, and is tried again: " + replica.says());
                    });
            if (graph.stopping()) {
                throw new JynamoException(ErrorCode.CANCELLED, "graph " + graph.name() + " was stopped meanwhile");
            }
            return role.isSettled();
        };
    }

    /** Has a wish begun and says what happens until it is fulfilled. Who asked may leave; the wish stands. */
    private GraphStatus follow(GraphEvent wish, SocketChannel channel, Predicate<GraphStatus> fulfilled)
            throws IOException, InterruptedException {
        GraphStatus seen = supervisor.ask(new GraphEvent.Tick());
        GraphStatus now = supervisor.ask(wish);
        while (true) {
            for (String line : StatusChange.lines(seen, now)) {
                send(channel, JSON.createObjectNode().put("progress", line));
            }
            if (fulfilled.test(now)) {
                return now;
            }
            seen = now;
            now = supervisor.awaitChange(seen, LOOK);
        }
    }

    private static String line(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_REQUEST);
        while (bytes.hasRemaining()) {
            int from = bytes.position();
            if (channel.read(bytes) < 0) {
                throw new IOException("it ended within its request");
            }
            for (int i = from; i < bytes.position(); i++) {
                if (bytes.get(i) == '\n') {
                    return new String(bytes.array(), 0, i, StandardCharsets.UTF_8);
                }
            }
        }
        throw new IOException("its request is longer than " + LONGEST_REQUEST + " bytes");
    }

    private static void send(SocketChannel channel, ObjectNode answer) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
        try (var _ = ChannelDeadline.of(channel, REQUEST)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** Takes no more calls, and lets those end that wait for an answer. */
    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(socket);
            acceptor.join(CLOSE);
            long deadline = System.nanoTime() + CLOSE.toNanos();
            for (Thread handler : handlers) {
                handler.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the control socket did not close cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        handlers.forEach(Thread::interrupt);
    }
}
