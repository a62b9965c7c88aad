package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which etcd holds the announcements, and how it is reached.
 *
 * @param endpoints {@code host:port} of its members, at least one
 * @param ttl how long an entry outlives its process, in whole seconds from 2 (etcd grants no less) to 10 minutes
 * @param patience how long a process that publishes waits for etcd before it is told that it does not answer
 * @param prefix goes before every key; ends with a slash
 * @param login where etcd asks for a user
 * @param tls where etcd is reached over TLS
 */
public record EtcdOptions(
        List<String> endpoints,
        Duration ttl,
        Duration patience,
        String prefix,
        Optional<Login> login,
        Optional<Tls> tls) {
    public static final Duration TTL = Duration.ofSeconds(10);
    public static final Duration PATIENCE = Duration.ofSeconds(10);
    public static final String PREFIX = "/jynamo/v1/";

    private static final Pattern ENDPOINT = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])++:[0-9]{1,5}");
    private static final Pattern PATH = Pattern.compile("/?(?:[A-Za-z0-9._-]+/)+");

    /** A user of etcd's. Does not show its password. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[user=" + user + "]";
        }
    }

    /**
     * PEM files.
     *
     * @param ca who signs for the members, where that is not one of those that Java trusts
     * @param own with what this process shows who it is, where etcd asks
     */
    public record Tls(Optional<Path> ca, Optional<Own> own) {}

    public record Own(Path certificate, Path key) {}

    /** Throws {@link ErrorCode#INVALID_CONFIGURATION} where one of them is none. */
    public EtcdOptions {
        endpoints = List.copyOf(endpoints);
        require(!endpoints.isEmpty(), "needs one endpoint at least, for example etcd://127.0.0.1:2379");
        for (String endpoint : endpoints) {
            require(
                    ENDPOINT.matcher(endpoint).matches()
                            && Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1)) <= 65_535,
                    "takes endpoints as host:port, not \"" + endpoint + "\"");
        }
        require(
                ttl.getSeconds() >= 2 && ttl.getSeconds() <= 600 && ttl.getNano() == 0,
                "takes a ttl of whole seconds from 2s to 10m, not " + ttl.toMillis() + "ms");
        require(
                patience.toMillis() >= 100 && patience.toMinutes() <= 10,
                "takes a patience of 100ms to 10m, not " + patience.toMillis() + "ms");
        require(
                PATH.matcher(prefix).matches() && prefix.length() <= Entry.MAX_KEY,
                "takes a prefix of segments with a slash after each, for example " + PREFIX + ", not \"" + prefix
                        + "\"");
    }

    /** Those members, and for the rest what is usual. */
    public static EtcdOptions at(String... endpoints) {
        return new EtcdOptions(List.of(endpoints), TTL, PATIENCE, PREFIX, Optional.empty(), Optional.empty());
    }

    public EtcdOptions withTtl(Duration other) {
        return new EtcdOptions(endpoints, other, patience, prefix, login, tls);
    }

    public EtcdOptions withPatience(Duration other) {
        return new EtcdOptions(endpoints, ttl, other, prefix, login, tls);
    }

    public EtcdOptions withPrefix(String other) {
        return new EtcdOptions(endpoints, ttl, patience, other, login, tls);
    }

    public EtcdOptions withLogin(Login other) {
        return new EtcdOptions(endpoints, ttl, patience, prefix, Optional.of(other), tls);
    }

    public EtcdOptions withTls(Tls other) {
        return new EtcdOptions(endpoints, ttl, patience, prefix, login, Optional.of(other));
    }

    /** As people write it, without what is secret. */
    String address() {
        return "etcd://" + String.join(",", endpoints);
    }

    private static void require(boolean right, String message) {
        if (!right) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "Discovery in etcd " + message + ".");
        }
    }
}
