package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which store the announcements are in, as a setting says it: {@value #ALLOWED}. */
public sealed interface DiscoverySpec {
    String ALLOWED = "memory, file:/folder[?ttl=10s] or etcd://host:port,host:port"
            + "[?ttl=10s&patience=10s&prefix=/jynamo/v1/&user=NAME&password-file=FILE&tls=true&ca=PEM&cert=PEM&key=PEM]";

    /** This Java process alone. */
    record Memory() implements DiscoverySpec {
        @Override
        public Discovery open() {
            return new MemoryDiscovery(MemoryStore.ofThisProcess());
        }
    }

    record File(Path root, Duration ttl) implements DiscoverySpec {
        @Override
        public Discovery open() {
            return new FileDiscovery(root, ttl);
        }
    }

    record Etcd(EtcdOptions options) implements DiscoverySpec {
        @Override
        public Discovery open() {
            return new EtcdDiscovery(options);
        }
    }

    /** Returns at once, whether the store answers or not. */
    Discovery open();

    /**
     * Reads a setting.
     *
     * @throws JynamoException INVALID_CONFIGURATION where it is none, with what is allowed; NOT_IMPLEMENTED for {@code
     *     kubernetes}
     */
    static DiscoverySpec parse(String spec) {
        int mark = spec.indexOf('?');
        String place = mark < 0 ? spec : spec.substring(0, mark);
        Map<String, String> settings = mark < 0 ? Map.of() : settings(spec, spec.substring(mark + 1));
        if (place.equals("memory")) {
            only(spec, settings, Set.of());
            return new Memory();
        }
        if (place.startsWith("file:")) {
            only(spec, settings, Set.of("ttl"));
            return file(spec, place.substring("file:".length()), settings);
        }
        if (place.startsWith("etcd://")) {
            only(
                    spec,
                    settings,
                    Set.of("ttl", "patience", "prefix", "user", "password-file", "tls", "ca", "cert", "key"));
            return etcd(spec, place.substring("etcd://".length()), settings);
        }
        if (place.equals("kubernetes") || place.startsWith("kubernetes:")) {
            throw new JynamoException(
                    ErrorCode.NOT_IMPLEMENTED, "Discovery through kubernetes is not built yet; use " + ALLOWED + ".");
        }
        throw wrong(spec, "no such store");
    }

    private static File file(String spec, String place, Map<String, String> settings) {
        String path = place.startsWith("///") ? place.substring(2) : place;
        if (path.isEmpty() || path.startsWith("//")) {
            throw wrong(spec, "no folder of this host is named");
        }
        Duration ttl = duration(spec, settings, "ttl", FileDiscovery.TTL);
        if (ttl.compareTo(FileDiscovery.SHORTEST_TTL) < 0 || ttl.compareTo(FileDiscovery.LONGEST_TTL) > 0) {
            throw wrong(spec, "ttl is 1s to 10m");
        }
        return new File(path(spec, path), ttl);
    }

    private static Etcd etcd(String spec, String place, Map<String, String> settings) {
        EtcdOptions options = EtcdOptions.at(place.split(",", -1))
                .withTtl(duration(spec, settings, "ttl", EtcdOptions.TTL))
                .withPatience(duration(spec, settings, "patience", EtcdOptions.PATIENCE))
                .withPrefix(settings.getOrDefault("prefix", EtcdOptions.PREFIX));
        if (settings.containsKey("user") != settings.containsKey("password-file")) {
            throw wrong(spec, "user and password-file go together");
        }
        if (settings.containsKey("user")) {
            options = options.withLogin(new EtcdOptions.Login(
                    required(settings, "user"), secret(spec, required(settings, "password-file"))));
        }
        if (settings.containsKey("cert") != settings.containsKey("key")) {
            throw wrong(spec, "cert and key go together");
        }
        Optional<Path> ca = Optional.ofNullable(settings.get("ca")).map(file -> path(spec, file));
        Optional<EtcdOptions.Own> own = Optional.ofNullable(settings.get("cert"))
                .map(cert -> new EtcdOptions.Own(path(spec, cert), path(spec, required(settings, "key"))));
        String tls = settings.getOrDefault("tls", Boolean.toString(ca.isPresent() || own.isPresent()));
        if (!List.of("true", "false").contains(tls)) {
            throw wrong(spec, "tls is true or false");
        }
        return new Etcd(tls.equals("true") ? options.withTls(new EtcdOptions.Tls(ca, own)) : options);
    }

    private static String required(Map<String, String> settings, String name) {
        return settings.getOrDefault(name, "");
    }

    /** Not in the setting itself, which is shown and logged. */
    private static String secret(String spec, String file) {
        try {
            return Files.readString(path(spec, file)).strip();
        } catch (IOException e) {
            throw wrong(spec, "password-file cannot be read: " + e);
        }
    }

    private static Path path(String spec, String text) {
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw wrong(spec, e.getReason());
        }
    }

    private static Map<String, String> settings(String spec, String text) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : text.split("&", -1)) {
            int equals = setting.indexOf('=');
            if (equals <= 0 || equals == setting.length() - 1) {
                throw wrong(spec, "\"" + setting + "\" is not NAME=VALUE");
            }
            if (settings.put(setting.substring(0, equals), setting.substring(equals + 1)) != null) {
                throw wrong(spec, setting.substring(0, equals) + " is there twice");
            }
        }
        return settings;
    }

    private static void only(String spec, Map<String, String> settings, Set<String> known) {
        for (String name : settings.keySet()) {
            if (!known.contains(name)) {
                throw wrong(spec, "\"" + name + "\" is no setting of it");
            }
        }
    }

    private static Duration duration(String spec, Map<String, String> settings, String name, Duration usual) {
        String text = settings.get(name);
        if (text == null) {
            return usual;
        }
        if (!text.matches("[0-9]{1,6}(ms|s|m)")) {
            throw wrong(spec, name + " is a time as 500ms, 10s or 2m");
        }
        long count = Long.parseLong(text.replaceAll("[a-z]+", ""));
        return text.endsWith("ms")
                ? Duration.ofMillis(count)
                : text.endsWith("s") ? Duration.ofSeconds(count) : Duration.ofMinutes(count);
    }

    private static JynamoException wrong(String spec, String why) {
        return new JynamoException(
                ErrorCode.INVALID_CONFIGURATION,
                "\"" + spec + "\" is no place for discovery: " + why + ". It is " + ALLOWED + ".");
    }
}
