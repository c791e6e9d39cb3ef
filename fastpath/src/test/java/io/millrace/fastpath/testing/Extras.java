package io.millrace.fastpath.testing;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Packet} has beside MSS and window scale.
 *
 * @param timestamps the option is there.
 * @param tsVal      its value.
 * @param tsEcr      its echo.
 * @param sack       edges of the SACK blocks, left and right in turn.
 * @param ecn        ECN field of the IP header.
 * @param cookie     of Fast Open, empty for a request; null without the option.
 */
public record Extras(boolean sackPermitted, boolean timestamps, int tsVal, int tsEcr, List<Integer> sack, int ecn,
        byte @Nullable [] cookie) {
    /** Nothing. */
    public static final Extras NONE = new Extras(false, false, 0, 0, List.of(), Ipv4Header.NOT_ECT, null);

    static Extras of(final TcpOptions options, final int ecn) {
        final List<Integer> sack = new ArrayList<>();
        for (int i = 0; i < options.sackBlocks(); i++) {
            sack.add(options.sackLeft(i));
            sack.add(options.sackRight(i));
        }
        byte[] cookie = null;
        if (options.hasFastOpen()) {
            cookie = new byte[options.cookieLength()];
            Memory.copyToArray(options.cookie(), cookie, 0, cookie.length);
        }
        return new Extras(options.sackPermitted(), options.hasTimestamps(), options.timestampValue(),
                options.timestampEcho(), sack, ecn, cookie);
    }

    Extras withSackPermitted() {
        return new Extras(true, timestamps, tsVal, tsEcr, sack, ecn, cookie);
    }

    Extras withTimestamps(final int value, final int echo) {
        return new Extras(sackPermitted, true, value, echo, sack, ecn, cookie);
    }

    Extras withSack(final List<Integer> edges) {
        return new Extras(sackPermitted, timestamps, tsVal, tsEcr, edges, ecn, cookie);
    }

    Extras withEcn(final int field) {
        return new Extras(sackPermitted, timestamps, tsVal, tsEcr, sack, field, cookie);
    }

    Extras withCookie(final byte[] bytes) {
        return new Extras(sackPermitted, timestamps, tsVal, tsEcr, sack, ecn, bytes);
    }

    /** Writes the options; returns how many bytes, a multiple of 4. */
    int write(final long address) {
        int length = 0;
        if (sackPermitted) {
            length += TcpOptions.writeSackPermitted(address + length);
        }
        if (timestamps) {
            length += TcpOptions.writeTimestamps(address + length, tsVal, tsEcr);
        }
        if (!sack.isEmpty()) {
            length += TcpOptions.writeSackHeader(address + length, sack.size() / 2);
            for (int i = 0; i < sack.size(); i += 2) {
                length += TcpOptions.writeSackBlock(address + length, sack.get(i), sack.get(i + 1));
            }
        }
        if (cookie != null) {
            final int option = TcpOptions.writeFastOpen(address + length, cookie.length);
            Memory.copyFromArray(cookie, 0, address + length + 2, cookie.length);
            length += option;
        }
        return length;
    }

    @Override
    public String toString() {
        return (sackPermitted ? " sackOK" : "") + (timestamps ? " TS=" + tsVal + "/" + tsEcr : "")
                + (sack.isEmpty() ? "" : " sack=" + sack) + (ecn == Ipv4Header.NOT_ECT ? "" : " ecn=" + ecn)
                + (cookie == null ? "" : " cookie=" + Arrays.toString(cookie));
    }
}
