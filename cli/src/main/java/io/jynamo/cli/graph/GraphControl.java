package io.jynamo.cli.graph;

import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way to tell a running graph's supervisor what to do. Each call is a connection of its own and may be made by any
 * thread; each throws {@link JynamoException} INVALID_REQUEST where the supervisor refuses, NOT_READY where there is none.
 */
public final class GraphControl {
    /** The variable in which a supervisor gives its children the path of its socket. */
    public static final String VARIABLE = "JYNAMO_GRAPH_CONTROL";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofHours(1);

    private final Path socket;

    private GraphControl(Path socket) {
        this.socket = socket;
    }

    /** The graph that this process is a part of; empty where it is of none. */
    public static Optional<GraphControl> ofEnvironment(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(path -> !path.isEmpty())
                .map(path -> new GraphControl(Path.of(path)));
    }

    /** The graph whose supervisor listens there. */
    public static GraphControl of(Path socket) {
        return new GraphControl(socket);
    }

    /** How the graph stands. */
    public GraphStatus status() {
        return call(request("status"), progress -> {}, SOON);
    }

    /**
     * Gives a role so many replicas, and returns when they are ready and the others gone.
     *
     * @param progress told what happens meanwhile, a line each
     */
    public GraphStatus scale(String role, int replicas, Consumer<String> progress) {
        return call(request("scale").put("role", role).put("replicas", replicas), progress, LONG);
    }

    /** Starts each replica of a role again, the next when the one before is ready. */
    public GraphStatus restart(String role, Consumer<String> progress) {
        return call(request("restart").put("role", role), progress, LONG);
    }

    /** Ends the graph, and returns when nothing of it runs. */
    public GraphStatus stop(Consumer<String> progress) {
        return call(request("stop"), progress, LONG);
    }

    /** Kills one process of the graph; it is started again. */
    public void kill(long pid) {
        signal(pid, "KILL");
    }

    /** Asks one process of the graph to end what it serves and go; it is started again. */
    public void drain(long pid) {
        signal(pid, "TERM");
    }

    private void signal(long pid, String signal) {
        var _ = call(request("signal").put("pid", pid).put("signal", signal), progress -> {}, SOON);
    }

    private static ObjectNode request(String operation) {
        return JSON.createObjectNode().put("op", operation);
    }

    private GraphStatus call(ObjectNode request, Consumer<String> progress, Duration limit) {
        try (SocketChannel channel = connect();
                var _ = ChannelDeadline.of(channel, limit);
                var lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            byte[] line = (JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8);
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            for (String answer = lines.readLine(); answer != null; answer = lines.readLine()) {
                JsonNode json = JSON.readTree(answer);
                if (json.has("progress")) {
                    progress.accept(json.path("progress").asString(""));
                } else {
                    return result(json);
                }
            }
            throw lost("it ended before it had answered", null);
        } catch (IOException | JacksonException broken) {
            throw lost(String.valueOf(broken.getMessage()), broken);
        }
    }

    /** Whether somebody listens. */
    boolean isThere() {
        try (SocketChannel channel = connect()) {
            return channel.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException | RuntimeException refused) {
            channel.close();
            throw refused;
        }
    }

    private static GraphStatus result(JsonNode json) {
        if (json.has("error")) {
            String id = json.path("error").asString("");
            ErrorCode code = Arrays.stream(ErrorCode.values())
                    .filter(known -> known.id().equals(id))
                    .findFirst()
                    .orElse(ErrorCode.INTERNAL);
            throw new JynamoException(code, json.path("message").asString(""));
        }
        return JSON.treeToValue(json.path("graph"), GraphStatus.class);
    }

    private JynamoException lost(String why, @Nullable Throwable cause) {
        return new JynamoException(
                ErrorCode.NOT_READY, "the supervisor at " + socket + " does not answer: " + why, cause);
    }
}
