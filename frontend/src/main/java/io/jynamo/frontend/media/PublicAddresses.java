package io.jynamo.frontend.media;

import java.net.InetAddress;
import java.util.List;

/**
 * Which addresses are anybody's: those of the public Internet, and none that means this machine, its network, its provider's services or
 * another address in disguise. After IANA's registries of special-purpose addresses.
 */
final class PublicAddresses {
    @SuppressWarnings("ArrayRecordComponent") // never leaves this class
    private record Block(byte[] prefix, int bits) {
        boolean has(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((address[bit >> 3] & mask) != (prefix[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Block> SPECIAL = List.of(
            four(8, 0),
            four(8, 10),
            four(10, 100, 64), // shared by a provider's clients
            four(8, 127),
            four(16, 169, 254), // link-local, and clouds' metadata
            four(12, 172, 16),
            four(24, 192, 0, 0),
            four(24, 192, 0, 2),
            four(24, 192, 88, 99), // relays into IPv6
            four(16, 192, 168),
            four(15, 198, 18),
            four(24, 198, 51, 100),
            four(24, 203, 0, 113),
            four(32, 168, 63, 129, 16), // Azure's own services
            four(4, 224),
            four(4, 240),
            six(23, 0x2001, 0), // Teredo and other protocols' own
            six(32, 0x2001, 0xdb8),
            six(16, 0x2002), // an IPv4 address within
            six(20, 0x3fff));

    /** Global unicast; all else of IPv6 is local, mapped, translated or not given out. */
    private static final Block GLOBAL = six(3, 0x2000);

    private PublicAddresses() {}

    static boolean has(InetAddress address) {
        byte[] bytes = address.getAddress();
        return (bytes.length == 4 || GLOBAL.has(bytes)) && SPECIAL.stream().noneMatch(block -> block.has(bytes));
    }

    private static Block four(int bits, int... bytes) {
        byte[] prefix = new byte[4];
        for (int i = 0; i < bytes.length; i++) {
            prefix[i] = (byte) bytes[i];
        }
        return new Block(prefix, bits);
    }

    private static Block six(int bits, int... words) {
        byte[] prefix = new byte[16];
        for (int i = 0; i < words.length; i++) {
            prefix[2 * i] = (byte) (words[i] >> 8);
            prefix[2 * i + 1] = (byte) words[i];
        }
        return new Block(prefix, bits);
    }
}
