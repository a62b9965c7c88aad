package io.jynamo.cli.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An HTTP proxy on the loopback address: forwards plain requests, opens tunnels if told to, asks for an account if told to. */
final class ProxyServer implements AutoCloseable {
    /** The first lines of what it was asked, those it refused for want of an account left out. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    @Nullable
    String account;

    /** Where tunnels end, whatever host was asked for; none are opened where it is null. */
    @Nullable
    InetSocketAddress tunnelEnd;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    ProxyServer() throws IOException {
        threads.execute(this::accept);
    }

    /** As a variable names it. */
    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            String first = head.lines().findFirst().orElse("");
            if (!isWelcome(head)) {
                answer(client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"office\"");
                return;
            }
            asked.add(first);
            if (first.startsWith("CONNECT ")) {
                tunnel(client);
            } else {
                forward(client, first, head);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isWelcome(String head) {
        if (account == null) {
            return true;
        }
        String basic = Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8));
        return head.toLowerCase(java.util.Locale.ROOT).contains("proxy-authorization: basic ") && head.contains(basic);
    }

    private static void answer(Socket client, String status) throws IOException {
        String text = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void tunnel(Socket client) throws IOException {
        if (tunnelEnd == null) {
            answer(client, "502 Bad Gateway");
            return;
        }
        try (var far = new Socket()) {
            far.connect(tunnelEnd);
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            threads.execute(() -> copy(far, client));
            copy(client, far);
        }
    }

    /** One direction; either end closed ends both, as the other's read then fails. */
    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One of the two went away.
        }
    }

    private static void forward(Socket client, String first, String head) throws IOException {
        String[] words = first.split(" ", -1);
        URI uri = URI.create(words[1]);
        String path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        String rest = head.substring(first.length()).replaceAll("(?i)\r\n(connection|proxy-authorization):[^\r]*", "");
        String request = words[0] + " " + path + " HTTP/1.1\r\nConnection: close" + rest;
        try (Socket target = new Socket(uri.getHost(), uri.getPort())) {
            target.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            target.getInputStream().transferTo(client.getOutputStream());
        }
    }

    private static String head(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the request ends inside its head");
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
