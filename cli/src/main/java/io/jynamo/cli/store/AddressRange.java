package io.jynamo.cli.store;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Addresses that share their leading bits, written {@code ADDRESS/BITS}; an address alone is a range of one. IPv4 and
 * IPv6; an IPv4 address inside IPv6 ({@code ::ffff:10.1.2.3}) counts as IPv4.
 */
record AddressRange(InetAddress first, int bits) {
    private static final int MAPPED_BITS = 96;

    /** Empty for what is no address and no range of them. Names are not looked up. */
    static Optional<AddressRange> parse(String text) {
        int slash = text.indexOf('/');
        try {
            String address = slash < 0 ? text : text.substring(0, slash);
            InetAddress first = InetAddress.ofLiteral(address);
            int size = first.getAddress().length * 8;
            boolean mapped = size == 32 && address.contains(":");
            int bits = slash < 0 ? size : Integer.parseInt(text.substring(slash + 1)) - (mapped ? MAPPED_BITS : 0);
            return bits < 0 || bits > size ? Optional.empty() : Optional.of(new AddressRange(first, bits));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean covers(InetAddress address) {
        byte[] ours = first.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += 8) {
            int mask = 0xFF << Math.max(0, 8 - (bits - bit));
            if (((ours[bit / 8] ^ theirs[bit / 8]) & mask & 0xFF) != 0) {
                return false;
            }
        }
        return true;
    }
}
