package io.millrace.fastpath.udp;

import static io.millrace.fastpath.memory.Memory.putByte;
import static io.millrace.fastpath.memory.Memory.putInt;
import static io.millrace.fastpath.memory.Memory.putLong;

import io.millrace.fastpath.counters.DatagramRecord;
import io.millrace.fastpath.counters.Mailbox;

/**
 * Writes the bound endpoints of one engine into a mailbox, port by port, a bounded slice at a time. What is bound or closed
 * between two slices may be missing or appear once more. Thread: the engine's.
 */
final class EndpointReporter {
    private static final int PORTS = 1 << 16;
    /** Endpoints written at the most, and ports and bindings looked at, in one slice. */
    private static final int ENDPOINTS_A_SLICE = 64;
    private static final int LOOKS_A_SLICE = 4_096;

    private final Udp udp;

    EndpointReporter(final Udp udp) {
        this.udp = udp;
    }

    /** Adds some records; returns where the next slice goes on, {@link Mailbox#END} after the last one. */
    long report(final Mailbox into) {
        final long cursor = into.cursor();
        if (cursor < 0 || cursor >>> 32 >= PORTS || (int) cursor < 0) {
            return Mailbox.END;
        }
        int place = (int) cursor;
        int looks = LOOKS_A_SLICE;
        int written = 0;
        for (int port = (int) (cursor >>> 32); port < PORTS; port++) {
            final Binding[] bound = udp.bindings().at(port);
            for (; place < bound.length; place++) {
                if (looks-- <= 0 || written == ENDPOINTS_A_SLICE || into.isFull()) {
                    return (long) port << 32 | place;
                }
                if (bound[place].endpoint().udp == udp) {
                    write(bound[place], into.add());
                    written++;
                }
            }
            place = 0;
            if (looks-- <= 0) {
                return port + 1 < PORTS ? port + 1L << 32 : Mailbox.END;
            }
        }
        return Mailbox.END;
    }

    private static void write(final Binding binding, final long record) {
        final DatagramEndpoint endpoint = binding.endpoint();
        putLong(record + DatagramRecord.LOCAL_HI, binding.localHi());
        putLong(record + DatagramRecord.LOCAL_LO, binding.localLo());
        putLong(record + DatagramRecord.REMOTE_HI, binding.remoteHi());
        putLong(record + DatagramRecord.REMOTE_LO, binding.remoteLo());
        putInt(record + DatagramRecord.PORTS, binding.localPort() << 16 | binding.remotePort());
        putInt(record + DatagramRecord.WAITING, endpoint.queue().size());
        putInt(record + DatagramRecord.UNREAD, endpoint.queue().payloadBytes());
        putInt(record + DatagramRecord.RECEIVE_BUFFER, endpoint.queue().limit());
        putInt(record + DatagramRecord.SEND_BUFFER, endpoint.fields.sendBuffer);
        writeOwner(endpoint.owner(), record + DatagramRecord.OWNER_NAME);
    }

    /** The end of a name that is too long: of a class name that is the part that matters. */
    private static void writeOwner(final String name, final long address) {
        final int skipped = Math.max(0, name.length() - DatagramRecord.OWNER_NAME_LENGTH);
        for (int i = skipped; i < name.length(); i++) {
            final char character = name.charAt(i);
            putByte(address + i - skipped, character >= ' ' && character < 0x7F ? character : '?');
        }
    }
}
