package io.millrace.nativeports.tap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Our end's Ethernet address: locally administered, spread by a hash over interface name and machine, so that it stays
 * the same from start to start (the kernel's neighbour entries stay right) and differs between machines of one bridge.
 */
final class TapAddress {
    private static final Path MACHINE_ID = Path.of("/etc/machine-id");
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;
    private static final long LOCAL = 0x02L << 40;
    private static final long LOW_40_BITS = (1L << 40) - 1;

    private TapAddress() {}

    /** The 48-bit address in the low bits. */
    static long of(final String interfaceName) {
        return of(interfaceName, machineId());
    }

    /** FNV-1a (Fowler, Noll, Vo), folded to 40 bits under a locally administered first byte. */
    static long of(final String interfaceName, final String machineId) {
        long hash = FNV_OFFSET;
        for (final byte b : (machineId + "/" + interfaceName).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * FNV_PRIME;
        }
        return LOCAL | (hash ^ hash >>> 40) & LOW_40_BITS;
    }

    private static String machineId() {
        try {
            return Files.readString(MACHINE_ID).strip();
        } catch (final IOException e) {
            return "";
        }
    }
}
