package io.jynamo.cli.store;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the environment names: {@code https_proxy}, {@code http_proxy}, {@code all_proxy}, and in {@code
 * no_proxy} the hosts that are asked directly; in small letters or capitals, small ones first.
 *
 * <p>{@code no_proxy} is a list of names, addresses and ranges of addresses ({@code 10.0.0.0/8}, {@code fd00::/8}); names
 * and addresses with a port if they are for that one only. A name stands for the names below it too, and {@code *} for
 * all. Ranges cover what is asked for by address: no name is looked up for them.
 */
final class Proxies extends ProxySelector {
    static final Proxies NONE = of(Map.of());

    /** A proxy, and what it wants to know of who uses it. */
    private record Named(String host, int port, @Nullable String authorization) {}

    /** By the scheme of what is asked for. */
    private final Map<String, Named> byScheme = new HashMap<>();

    private final List<String> direct;

    private Proxies(List<String> direct) {
        this.direct = direct;
    }

    /** @throws JynamoException INVALID_CONFIGURATION for an address that is none, or a kind of proxy we do not speak to */
    static Proxies of(Map<String, String> environment) {
        String none = value(environment, "no_proxy").toLowerCase(Locale.ROOT);
        var proxies = new Proxies(Arrays.stream(none.split("[,\\s]+", -1))
                .filter(entry -> !entry.isEmpty())
                .toList());
        for (String scheme : List.of("http", "https")) {
            for (String name : List.of(scheme + "_proxy", "all_proxy")) {
                String address = value(environment, name);
                if (!address.isEmpty() && !proxies.byScheme.containsKey(scheme)) {
                    proxies.byScheme.put(scheme, parse(name, address));
                }
            }
        }
        return proxies;
    }

    private static String value(Map<String, String> environment, String name) {
        String small = environment.getOrDefault(name, "").strip();
        return small.isEmpty()
                ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
                : small;
    }

    private static Named parse(String name, String address) {
        try {
            URI uri = URI.create(address.contains("://") ? address : "http://" + address);
            if (uri.getHost() != null && "http".equals(uri.getScheme())) {
                int port = uri.getPort() < 0 ? 80 : uri.getPort();
                return new Named(host(uri), port, authorization(uri.getUserInfo()));
            }
        } catch (IllegalArgumentException e) {
            // Falls through: the message is the same. The value stays out of it, it may hold a password.
        }
        throw new JynamoException(
                ErrorCode.INVALID_CONFIGURATION,
                "the variable " + name
                        + " must be an address http://HOST:PORT; other kinds of proxy are not supported");
    }

    private static @Nullable String authorization(@Nullable String userInfo) {
        if (userInfo == null) {
            return null;
        }
        String account = userInfo.contains(":") ? userInfo : userInfo + ":";
        return "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8));
    }

    /** The proxy for an address, as {@code host:port}, or null where it is asked directly. */
    @Nullable
    String find(URI uri) {
        Named proxy = proxy(uri);
        return proxy == null ? null : proxy.host() + ":" + proxy.port();
    }

    @Override
    public List<Proxy> select(URI uri) {
        Named proxy = proxy(uri);
        if (proxy == null) {
            return List.of(Proxy.NO_PROXY);
        }
        // The name is looked up each time, so that a proxy that moved is found again.
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.host(), proxy.port())));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException cause) {
        // The request fails and says so.
    }

    /** What the proxy for an address is told of who uses it, or null. */
    @Nullable
    String authorization(URI uri) {
        Named proxy = proxy(uri);
        return proxy == null ? null : proxy.authorization();
    }

    private @Nullable Named proxy(URI uri) {
        return isDirect(uri) ? null : byScheme.get(uri.getScheme());
    }

    private boolean isDirect(URI uri) {
        String host = host(uri).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        return direct.stream().anyMatch(entry -> covers(entry, host, port));
    }

    private static boolean covers(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon > 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']');
        if (hasPort) {
            if (!entry.substring(colon + 1).equals(String.valueOf(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        String bare = name.replaceAll("^\\*?\\.|[\\[\\]]", "");
        if (bare.isEmpty()) {
            return false;
        }
        Optional<AddressRange> asked = AddressRange.parse(host);
        return asked.isPresent()
                ? AddressRange.parse(bare)
                        .filter(range -> range.covers(asked.get().first()))
                        .isPresent()
                : host.equals(bare) || host.endsWith("." + bare);
    }

    private static String host(URI uri) {
        return uri.getHost().replaceAll("[\\[\\]]", "");
    }

    @Override
    public String toString() {
        return byScheme.isEmpty() ? "none" : byScheme.keySet().stream().sorted().toList() + " but not " + direct;
    }
}
