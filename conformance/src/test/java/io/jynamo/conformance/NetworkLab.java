package io.jynamo.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A switch with a network namespace at each of its ports, made and taken away here. A port that is cut gives no sign:
 * what is sent either way vanishes, as with a broken switch.
 */
final class NetworkLab implements AutoCloseable {
    private final int number = ThreadLocalRandom.current().nextInt(1, 255);
    private final String bridge = "jybr" + number;
    private final List<String> spaces = new ArrayList<>();

    private NetworkLab() {}

    /** Makes one with so many namespaces; the test does not run where that is not allowed. */
    static NetworkLab open(int count) {
        var lab = new NetworkLab();
        boolean made = lab.tries("link", "add", lab.bridge, "type", "bridge");
        if (!made) {
            assumeTrue(false, "not run: network namespaces need root and the program ip (iproute2)");
        }
        try {
            lab.does("addr", "add", "10.213." + lab.number + ".1/24", "dev", lab.bridge);
            lab.does("link", "set", lab.bridge, "up");
            for (int i = 0; i < count; i++) {
                lab.add(i);
            }
            return lab;
        } catch (RuntimeException | AssertionError failed) {
            lab.close();
            throw failed;
        }
    }

    private void add(int i) {
        String space = "jyns" + number + "-" + i;
        does("netns", "add", space);
        spaces.add(space);
        does("link", "add", port(i), "type", "veth", "peer", "name", "eth0", "netns", space);
        does("link", "set", port(i), "master", bridge);
        does("link", "set", port(i), "up");
        does("-n", space, "addr", "add", address(i) + "/24", "dev", "eth0");
        does("-n", space, "link", "set", "eth0", "up");
        does("-n", space, "link", "set", "lo", "up");
    }

    private String port(int i) {
        return "jyv" + number + "-" + i;
    }

    /** The address of what runs inside. */
    String address(int i) {
        return "10.213." + number + "." + (i + 2);
    }

    /** What a command line begins with to run inside. */
    List<String> inside(int i) {
        return List.of("ip", "netns", "exec", spaces.get(i));
    }

    void cut(int i) {
        does("link", "set", port(i), "down");
    }

    void mend(int i) {
        does("link", "set", port(i), "up");
    }

    private void does(String... arguments) {
        Command run = ip(arguments);
        if (run.exitCode() != 0) {
            throw new AssertionError("ip " + String.join(" ", arguments) + ": " + run.err());
        }
    }

    private boolean tries(String... arguments) {
        try {
            return ip(arguments).exitCode() == 0;
        } catch (java.io.UncheckedIOException missing) {
            return false;
        }
    }

    private static Command ip(String... arguments) {
        List<String> line = new ArrayList<>(List.of("ip"));
        line.addAll(List.of(arguments));
        return Command.run(line, Map.of());
    }

    @Override
    public void close() {
        for (int i = 0; i < spaces.size(); i++) {
            tries("link", "del", port(i));
            tries("netns", "del", spaces.get(i));
        }
        tries("link", "del", bridge);
    }
}
