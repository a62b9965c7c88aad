package io.jynamo.frontend.media;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. May wait as long as it likes. */
@FunctionalInterface
public interface HostResolver {
    /** One address at least, in the order of preference. */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** The system's. */
    static HostResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
