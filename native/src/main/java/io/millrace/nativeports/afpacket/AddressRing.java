package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.nativeports.bypass.BypassCode;
import io.millrace.nativeports.bypass.BypassRing;
import io.millrace.nativeports.bypass.RingProgram;
import io.millrace.nativeports.linux.BpfMemory;
import io.millrace.nativeports.linux.BpfProgram;
import java.io.IOException;

/**
 * The program of a packet socket on a veth that lets in what {@link AddressFilter} does, and copies small frames beside the socket's own
 * ring: what the kernel does for each of them there (a lock, a clone, a time) costs more. Thread: one opens it.
 */
final class AddressRing implements RingProgram {
    private final BpfMemory memory;

    private AddressRing(final BpfMemory memory) {
        this.memory = memory;
    }

    /**
     * Attaches one to a socket, before that is bound.
     *
     * @param address the low 48 bits.
     * @throws IOException where the kernel cannot do this, or lets this process not: one clause.
     */
    static BypassRing attachedTo(final RingSocket socket, final long address) throws IOException {
        final AddressRing ring = new AddressRing(new BpfMemory(BypassCode.LENGTH));
        boolean done = false;
        // the socket keeps it
        try (BpfProgram program = new BpfProgram(BypassCode.ofAddress(ring.memory, address))) {
            socket.attach(program);
            final BypassRing frames = new BypassRing(ring, ring.memory.address(), EthernetHeader.LENGTH,
                    BypassCode.LONGEST, true);
            done = true;
            return frames;
        } finally {
            if (!done) {
                ring.close();
            }
        }
    }

    @Override
    public boolean isOver() {
        return false;
    }

    /** After the socket. */
    @Override
    public void close() {
        memory.close();
    }
}
