package io.millrace.nativeports.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Ethernet addresses of a stack: locally administered, spread by a hash over machine and device, so that they stay the
 * same from start to start (neighbours' entries stay right) and differ between machines of one link. Thread: any.
 */
public final class LinkAddress {
    private static final Path MACHINE_ID = Path.of("/etc/machine-id");
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;
    private static final long LOCAL = 0x02L << 40;
    private static final long LOW_40_BITS = (1L << 40) - 1;

    private LinkAddress() {}

    /** The 48-bit address in the low bits, of a device of this machine. */
    public static long of(final String device) {
        return of(device, machineId());
    }

    /** FNV-1a (Fowler, Noll, Vo), folded to 40 bits under a locally administered first byte. */
    public static long of(final String device, final String machineId) {
        long hash = FNV_OFFSET;
        for (final byte b : (machineId + "/" + device).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * FNV_PRIME;
        }
        return LOCAL | (hash ^ hash >>> 40) & LOW_40_BITS;
    }

    /** E.g. {@code 02:00:5e:10:00:01}. */
    public static String toString(final long address) {
        return "%012x".formatted(address).replaceAll("(..)(?=.)", "$1:");
    }

    /**
     * Reads what {@link #toString(long)} writes.
     *
     * @throws IllegalArgumentException where the text is no address that a host may have.
     */
    public static long parse(final String text) {
        final long address = text.matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}")
                ? Long.parseLong(text.replace(":", ""), 16)
                : 0;
        if (address == 0 || (address >>> 40 & 1) != 0) {
            throw new IllegalArgumentException("\"" + text + "\" is no address of a host such as 02:00:00:00:00:07");
        }
        return address;
    }

    private static String machineId() {
        try {
            return Files.readString(MACHINE_ID).strip();
        } catch (final IOException e) {
            return "";
        }
    }
}
