package io.millrace.control.autoconf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The lower halves of the stack's addresses: from the MAC (RFC 4291 appendix A), as Linux does where nothing else is
 * set, or with a secret opaque and stable (RFC 7217), so that they tell nobody which device this is. Immutable. Thread: any.
 */
final class InterfaceIds {
    /** RFC 7217 §6: how many others are tried where an identifier is taken. */
    static final int RETRIES = 3;

    private static final long UNIVERSAL_BIT = 0x0200_0000_0000_0000L;
    /** RFC 5453 §2 and RFC 2526: reserved for routers and anycast. */
    private static final long RESERVED_IANA = 0x0200_5eff_fe00_0000L;
    private static final long RESERVED_IANA_MASK = 0xffff_ffff_ff00_0000L;
    private static final long RESERVED_ANYCAST = 0xfdff_ffff_ffff_ff80L;

    private final long mac;
    private final byte[] secret;

    InterfaceIds(final long mac, final String secret) {
        this.mac = mac;
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    /** True where another identifier may be tried: one that is made of the MAC is the only one. */
    boolean hasOthers() {
        return secret.length > 0;
    }

    /**
     * The identifier within a prefix.
     *
     * @param duplicates how many before this one were taken (RFC 7217 §5, DAD_Counter).
     */
    long of(final long prefixHi, final int duplicates) {
        if (secret.length == 0) {
            return (mac & 0xFFFF_FF00_0000L) << 16 ^ UNIVERSAL_BIT | 0xFF_FE00_0000L | mac & 0xFF_FFFFL;
        }
        int tries = duplicates;
        long id = opaque(prefixHi, tries);
        while (isReserved(id)) {
            tries += RETRIES + 1;
            id = opaque(prefixHi, tries);
        }
        return id;
    }

    private long opaque(final long prefixHi, final int counter) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES).putLong(prefixHi).putLong(mac)
                    .putInt(counter).flip());
            return ByteBuffer.wrap(digest.digest(secret)).getLong();
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean isReserved(final long id) {
        return id == 0 || (id & RESERVED_IANA_MASK) == RESERVED_IANA
                || Long.compareUnsigned(id, RESERVED_ANYCAST) >= 0 && id >>> 56 == 0xfd;
    }
}
