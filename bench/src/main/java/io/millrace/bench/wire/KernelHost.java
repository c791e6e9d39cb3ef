package io.millrace.bench.wire;

import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The kernel's TCP in a namespace of its own, on a TAP. Each flow has a blocking thread. Thread: one. */
final class KernelHost implements Host {
    private final KernelPort end;
    private final int address;
    private final String congestionControl;
    private final List<KernelFlow> flows = new ArrayList<>();

    /** @param end closed by {@link #close}. */
    KernelHost(final KernelPort end, final int address, final String congestionControl) {
        this.end = end;
        this.address = address;
        this.congestionControl = congestionControl;
    }

    @Override
    public PacketPort port() {
        return end.port();
    }

    @Override
    public int address() {
        return address;
    }

    @Override
    public String congestionControl() {
        return congestionControl;
    }

    @Override
    public void receive(final int port, final Meter meter) throws IOException {
        final KernelSocket socket = open();
        socket.listen(address, port);
        final KernelFlow flow = KernelFlow.receiver(socket, meter);
        flows.add(flow);
        flow.start();
    }

    @Override
    public Flow connect(final int peer, final int port) throws IOException {
        final KernelSocket socket = open();
        final KernelFlow flow = KernelFlow.sender(socket);
        flows.add(flow);
        socket.connect(peer, port);
        socket.limitWaits();
        return flow;
    }

    @Override
    public void close() {
        flows.forEach(KernelFlow::close);
        end.close();
    }

    private KernelSocket open() throws IOException {
        final KernelSocket socket = KernelSocket.open(end.namespace(), congestionControl);
        if (!socket.congestionControl().equals(congestionControl)) {
            socket.close();
            throw new IOException("the kernel runs " + congestionControl + " under another name");
        }
        return socket;
    }
}
