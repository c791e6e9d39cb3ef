package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's host in a VLAN of a TAP: by an interface of Linux for it, or, where the kernel has been built without
 * them, by a relay that adds and takes tags between the TAP and a veth pair. The relay leaves unfinished checksums and
 * virtual segments as they are, so the kernel's own reading of both is what is tested. Thread: JUnit's.
 */
final class KernelVlan implements AutoCloseable {
    private static final String RELAY = """
            import select, socket, struct, sys
            trunk, access, vlan = sys.argv[1], sys.argv[2], int(sys.argv[3])
            SOL_PACKET, AUXDATA, VNET_HDR, IGNORE_OUTGOING, VLAN_VALID, PARTIAL = 263, 8, 15, 23, 0x10, 1

            def open(name):
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
                for option in AUXDATA, VNET_HDR, IGNORE_OUTGOING:
                    s.setsockopt(SOL_PACKET, option, 1)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
                s.bind((name, 3))
                return s

            def tag_of(control):
                for level, kind, data in control:
                    if (level, kind) == (SOL_PACKET, AUXDATA):
                        status, tag = struct.unpack_from('=I12xH', data)
                        return tag & 0xfff if status & VLAN_VALID else None

            def moved(header, by):
                flags, gso, length, size, start, offset = struct.unpack('=BBHHHH', header)
                return struct.pack('=BBHHHH', flags, gso, length + by if gso else length, size,
                                   start + by if flags & PARTIAL else start, offset)

            tagged, plain = open(trunk), open(access)
            print('ready', flush=True)
            while True:
                for s in select.select([tagged, plain], [], [])[0]:
                    data, control, _, _ = s.recvmsg(1 << 17, 256)
                    header, frame = data[:10], data[10:]
                    if s is tagged and tag_of(control) == vlan:
                        plain.send(data)
                    elif s is plain:
                        tag = struct.pack('>HH', 0x8100, vlan)
                        tagged.send(moved(header, 4) + frame[:12] + tag + frame[12:])
            """;

    private final @Nullable Process relay;

    private KernelVlan(final @Nullable Process relay) {
        this.relay = relay;
    }

    /** Moves the kernel's address of that family from the TAP {@code mr0} into a VLAN of it. */
    static KernelVlan open(final NetworkNamespace kernel, final int vlan, final Family family) throws IOException {
        final String id = Integer.toString(vlan);
        final String name = "mr0." + vlan;
        run(kernel, "ip", "address", "flush", "dev", "mr0");
        final boolean real = kernel.exec("ip", "link", "add", "link", "mr0", "name", name, "type", "vlan", "id", id)
                .exitCode() == 0;
        if (!real) {
            run(kernel, "ip", "link", "add", name, "type", "veth", "peer", "name", "access");
            run(kernel, "ip", "link", "set", "access", "up");
        }
        run(kernel, "ip", "link", "set", name, "up");
        run(kernel, "ip", "address", "add", family.kernel + "/" + family.prefixLength(), "dev", name, "nodad");
        return new KernelVlan(real ? null : startRelay(kernel, id));
    }

    private static Process startRelay(final NetworkNamespace kernel, final String vlan) throws IOException {
        KernelInterop.requireTool("python3");
        final Process process = kernel.start("python3", "-c", RELAY, "mr0", "access", vlan);
        final String first = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                .readLine();
        assertThat(first).as("first line of the relay").isEqualTo("ready");
        return process;
    }

    private static void run(final NetworkNamespace kernel, final String... command) throws IOException {
        final NetworkNamespace.Output output = kernel.exec(command);
        assertThat(output.exitCode()).as(String.join(" ", command) + ": " + output.text()).isZero();
    }

    @Override
    public void close() {
        if (relay != null) {
            relay.destroyForcibly();
        }
    }
}
