package io.jynamo.cli.worker;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.discovery.Entry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is announced of a worker: enough to call it; the rest it says itself.
 *
 * @param host name or address
 * @param engine for people
 * @param models names clients may use for what it serves
 * @param pid of its process, on its own machine; those who announce for others may leave it out
 */
public record InstanceRecord(WorkerId id, String host, int port, String engine, List<String> models, OptionalLong pid) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public InstanceRecord {
        models = List.copyOf(models);
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("no address: " + host + ":" + port);
        }
    }

    /** One that does not say its process. */
    public InstanceRecord(WorkerId id, String host, int port, String engine, List<String> models) {
        this(id, host, port, engine, models, OptionalLong.empty());
    }

    /** The folder of keys that a fleet's workers are announced under. */
    public static String folder(String namespace) {
        return "instances/" + namespace + "/worker/generate";
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    /** As it is announced. */
    public Entry entry(String namespace) {
        ObjectNode json = JSON.createObjectNode();
        json.put("host", host).put("port", port).put("engine", engine);
        var names = json.putArray("models");
        models.forEach(names::add);
        pid.ifPresent(number -> json.put("pid", number));
        return new Entry(folder(namespace) + "/" + id, JSON.writeValueAsBytes(json));
    }

    /**
     * Reads one back.
     *
     * @throws JynamoException INVALID_REQUEST where somebody else's hand has written it
     */
    public static InstanceRecord of(Entry entry) {
        try {
            JsonNode json = JSON.readTree(entry.value());
            List<String> models = new ArrayList<>();
            json.path("models").forEach(name -> models.add(name.asString("")));
            return new InstanceRecord(
                    id(entry.key()),
                    json.path("host").asString(""),
                    json.path("port").asInt(0),
                    json.path("engine").asString(""),
                    models,
                    json.path("pid").asLong(0) > 0
                            ? OptionalLong.of(json.path("pid").asLong(0))
                            : OptionalLong.empty());
        } catch (JacksonException | IllegalArgumentException notOurs) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "the announcement " + entry.key() + " is none of a worker: " + notOurs.getMessage(),
                    notOurs);
        }
    }

    /** The worker a key is of. */
    public static WorkerId id(String key) {
        return new WorkerId(Long.parseUnsignedLong(key.substring(key.lastIndexOf('/') + 1), 16));
    }
}
