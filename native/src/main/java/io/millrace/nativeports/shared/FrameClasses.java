package io.millrace.nativeports.shared;

import io.millrace.fastpath.port.SharedPorts;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.nativeports.linux.Bpf;
import io.millrace.nativeports.linux.BpfCode.Label;
import io.millrace.nativeports.linux.BpfCode;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Writes the program that says whose a frame is which an interface has received.
 * <p>
 * The stack's alone: TCP and UDP to one of its ports at one of the shared addresses; of a datagram in fragments, the first.
 * For both: what the stack needs, and the kernel too: later fragments of TCP and UDP, which name no port (a reassembly
 * without its first fragment ends in silence, RFC 1122 §3.3.2, RFC 8200 §4.5), errors of ICMP, answers of ARP and of
 * Neighbour Discovery, and those that nobody asked for. The kernel's: everything else, also questions for the shared
 * addresses, which it answers, claims of them by others, what carries a VLAN tag, and what is malformed.
 * <p>
 * R7 is where the next header begins, R8 the frame's length, R9 the protocol. Thread: one.
 */
final class FrameClasses {
    private static final int ETHER_TYPE = 12;
    private static final int ETHERNET = 14;
    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int IPV6 = 0x86dd;

    private static final int ARP_END = ETHERNET + 28;
    private static final int ARP_OPERATION = ETHERNET + 6;
    private static final int ARP_SENDER = ETHERNET + 14;
    private static final int ARP_TARGET = ETHERNET + 24;
    private static final int ARP_REPLY = 2;

    private static final int V4_END = ETHERNET + 20;
    private static final int V4_FRAGMENT = ETHERNET + 6;
    private static final int V4_FRAGMENT_OFFSET_BITS = 0x1fff;
    private static final int V4_PROTOCOL = ETHERNET + 9;
    private static final int V4_DESTINATION = ETHERNET + 16;
    private static final int V4_LENGTH_WORDS = 0x0f;

    private static final int V6_END = ETHERNET + 40;
    private static final int V6_NEXT_HEADER = ETHERNET + 6;
    private static final int V6_DESTINATION = ETHERNET + 24;
    private static final int[] ALL_NODES = {0xff02_0000, 0, 0, 1};
    /** Headers in front of TCP or UDP, at the most; packets with more are the kernel's. */
    private static final int V6_EXTENSIONS = 4;
    private static final int V6_FRAGMENT_OFFSET_BITS = 0xfff8;

    private static final int HOP_BY_HOP = 0;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int ICMPV6 = 58;
    private static final int DESTINATION_OPTIONS = 60;

    private static final int DESTINATION_PORT = 2;
    private static final int[] V4_ERRORS = {3, 11, 12};
    private static final int[] V6_ERRORS = {1, 2, 3, 4};
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;
    private static final int ADVERTISED = 8;
    private static final int ADVERTISEMENT_LENGTH = 24;

    private final BpfCode code = new BpfCode();
    private final Label stack = new Label();
    private final Label both = new Label();
    private final Label kernel = new Label();
    private final PortBits ports;
    private final List<Integer> v4;
    private final List<int[]> v6;

    private FrameClasses(final SharedPorts shared, final PortBits ports) {
        this.ports = ports;
        v4 = shared.addresses().stream().filter(Inet4Address.class::isInstance)
                .map(address -> IpAddress.toV4(IpAddress.lo(address))).toList();
        v6 = shared.addresses().stream().filter(address -> !(address instanceof Inet4Address))
                .map(FrameClasses::words).toList();
    }

    private static int[] words(final InetAddress address) {
        final long hi = IpAddress.hi(address);
        final long lo = IpAddress.lo(address);
        return new int[]{(int) (hi >>> Integer.SIZE), (int) hi, (int) (lo >>> Integer.SIZE), (int) lo};
    }

    /**
     * Writes it.
     *
     * @param bits     of the same ports; they must stay open as long as the program runs.
     * @param ofStack  its result for a frame that is the stack's alone.
     * @param ofBoth   for one that both get.
     * @param ofKernel for any other.
     */
    static BpfCode write(final SharedPorts shared, final PortBits bits, final int ofStack, final int ofBoth,
            final int ofKernel) {
        final FrameClasses classes = new FrameClasses(shared, bits);
        classes.writeFrame();
        classes.code.land(classes.stack).move(BpfCode.R0, ofStack).exit();
        classes.code.land(classes.both).move(BpfCode.R0, ofBoth).exit();
        return classes.code.land(classes.kernel).move(BpfCode.R0, ofKernel).exit();
    }

    private void writeFrame() {
        final Label arp = new Label();
        final Label ipv6 = new Label();
        final Label group = new Label();
        code.loadWord(BpfCode.R0, BpfCode.R6, Bpf.SKB_VLAN_PRESENT).jumpIfNotEqual(BpfCode.R0, 0, kernel)
                .loadWord(BpfCode.R8, BpfCode.R6, Bpf.SKB_LENGTH).jumpIfBelow(BpfCode.R8, V4_END, kernel)
                .load(BpfCode.HALF, ETHER_TYPE).jumpIfEqual(BpfCode.R0, ARP, arp)
                .loadWord(BpfCode.R1, BpfCode.R6, Bpf.SKB_PACKET_TYPE)
                .jumpIfNotEqual(BpfCode.R1, Bpf.PACKET_HOST, group)
                .jumpIfEqual(BpfCode.R0, IPV6, ipv6).jumpIfNotEqual(BpfCode.R0, IPV4, kernel);
        writeIpv4();
        code.land(ipv6);
        writeIpv6();
        code.land(group).jumpIfNotEqual(BpfCode.R0, IPV6, kernel).jumpIfBelow(BpfCode.R8, V6_END, kernel);
        writeGroup();
        code.land(arp);
        writeArp();
    }

    private void writeIpv4() {
        if (v4.isEmpty()) {
            // the kernel refuses programs with instructions that nothing leads to
            code.jump(kernel);
            return;
        }
        final Label ours = new Label();
        final Label whole = new Label();
        code.load(BpfCode.WORD, V4_DESTINATION);
        v4.forEach(address -> code.jumpIfEqual32(BpfCode.R0, address, ours));
        code.jump(kernel).land(ours).load(BpfCode.BYTE, V4_PROTOCOL).moveRegister(BpfCode.R9, BpfCode.R0)
                .load(BpfCode.BYTE, ETHERNET).and(BpfCode.R0, V4_LENGTH_WORDS).shiftLeft(BpfCode.R0, 2)
                .moveRegister(BpfCode.R7, BpfCode.R0).add(BpfCode.R7, ETHERNET)
                .load(BpfCode.HALF, V4_FRAGMENT).and(BpfCode.R0, V4_FRAGMENT_OFFSET_BITS)
                .jumpIfEqual(BpfCode.R0, 0, whole);
        writeLaterFragment();
        code.land(whole);
        writeTransport(ICMP, () -> {
            for (final int type : V4_ERRORS) {
                code.jumpIfEqual(BpfCode.R0, type, both);
            }
            code.jump(kernel);
        });
    }

    /** One that names no port. */
    private void writeLaterFragment() {
        code.jumpIfEqual(BpfCode.R9, TCP, both).jumpIfEqual(BpfCode.R9, UDP, both).jump(kernel);
    }

    private void writeIpv6() {
        if (v6.isEmpty()) {
            code.jump(kernel);
            return;
        }
        final Label ours = new Label();
        code.jumpIfBelow(BpfCode.R8, V6_END, kernel);
        v6.forEach(address -> writeIfAddress(address, V6_DESTINATION, ours));
        code.jump(kernel).land(ours).load(BpfCode.BYTE, V6_NEXT_HEADER).moveRegister(BpfCode.R9, BpfCode.R0)
                .move(BpfCode.R7, V6_END);
        final Label transport = new Label();
        for (int i = 0; i < V6_EXTENSIONS; i++) {
            writeExtension(transport);
        }
        code.land(transport);
        writeTransport(ICMPV6, () -> {
            for (final int type : V6_ERRORS) {
                code.jumpIfEqual(BpfCode.R0, type, both);
            }
            code.jumpIfNotEqual(BpfCode.R0, NEIGHBOUR_ADVERTISEMENT, kernel);
            writeAdvertisement();
        });
    }

    /** Goes on behind one extension header; where there is none, to the label. */
    private void writeExtension(final Label transport) {
        final Label options = new Label();
        final Label fragment = new Label();
        final Label first = new Label();
        final Label next = new Label();
        code.jumpIfEqual(BpfCode.R9, HOP_BY_HOP, options).jumpIfEqual(BpfCode.R9, DESTINATION_OPTIONS, options)
                .jumpIfEqual(BpfCode.R9, ROUTING, options).jumpIfEqual(BpfCode.R9, FRAGMENT, fragment).jump(transport);
        code.land(options);
        writeEnoughOrKernel(2);
        code.load(BpfCode.BYTE, BpfCode.R7, 0).moveRegister(BpfCode.R9, BpfCode.R0)
                .load(BpfCode.BYTE, BpfCode.R7, 1).add(BpfCode.R0, 1).shiftLeft(BpfCode.R0, 3)
                .addRegister(BpfCode.R7, BpfCode.R0).jump(next);
        code.land(fragment);
        writeEnoughOrKernel(8);
        code.load(BpfCode.BYTE, BpfCode.R7, 0).moveRegister(BpfCode.R9, BpfCode.R0)
                .load(BpfCode.HALF, BpfCode.R7, 2).add(BpfCode.R7, 8)
                .and(BpfCode.R0, V6_FRAGMENT_OFFSET_BITS).jumpIfEqual(BpfCode.R0, 0, first);
        writeLaterFragment();
        code.land(first).land(next);
    }

    /** @param icmp writes what follows from the type in R0 of a message of this protocol. */
    private void writeTransport(final int protocol, final Runnable icmp) {
        final Label message = new Label();
        final Label tcp = new Label();
        code.jumpIfEqual(BpfCode.R9, protocol, message);
        writeEnoughOrKernel(DESTINATION_PORT + 2);
        code.jumpIfEqual(BpfCode.R9, TCP, tcp).jumpIfNotEqual(BpfCode.R9, UDP, kernel);
        code.load(BpfCode.HALF, BpfCode.R7, DESTINATION_PORT);
        ports.writeTest(code, true, kernel);
        code.jump(stack).land(tcp).load(BpfCode.HALF, BpfCode.R7, DESTINATION_PORT);
        ports.writeTest(code, false, kernel);
        code.jump(stack).land(message);
        writeEnoughOrKernel(1);
        code.load(BpfCode.BYTE, BpfCode.R7, 0);
        icmp.run();
    }

    /** What is sent to all nodes: who has an address now (RFC 4861 §7.2.6). */
    private void writeGroup() {
        final Label allNodes = new Label();
        writeIfAddress(ALL_NODES, V6_DESTINATION, allNodes);
        code.jump(kernel).land(allNodes).move(BpfCode.R7, V6_END).load(BpfCode.BYTE, V6_NEXT_HEADER)
                .jumpIfNotEqual(BpfCode.R0, ICMPV6, kernel);
        writeEnoughOrKernel(1);
        code.load(BpfCode.BYTE, BpfCode.R7, 0).jumpIfNotEqual(BpfCode.R0, NEIGHBOUR_ADVERTISEMENT, kernel);
        writeAdvertisement();
    }

    /** One for a shared address is a claim, and the kernel's business. */
    private void writeAdvertisement() {
        writeEnoughOrKernel(ADVERTISEMENT_LENGTH);
        v6.forEach(address -> writeIfAddress(address, BpfCode.R7, ADVERTISED, kernel));
        code.jump(both);
    }

    private void writeArp() {
        code.jumpIfBelow(BpfCode.R8, ARP_END, kernel).load(BpfCode.WORD, ARP_SENDER);
        v4.forEach(address -> code.jumpIfEqual32(BpfCode.R0, address, kernel));
        code.moveRegister(BpfCode.R9, BpfCode.R0).load(BpfCode.HALF, ARP_OPERATION)
                .jumpIfEqual(BpfCode.R0, ARP_REPLY, both).load(BpfCode.WORD, ARP_TARGET)
                .jumpIfNotEqualRegister(BpfCode.R0, BpfCode.R9, kernel).jump(both);
    }

    private void writeIfAddress(final int[] words, final int offset, final Label then) {
        code.move(BpfCode.R7, 0);
        writeIfAddress(words, BpfCode.R7, offset, then);
    }

    private void writeIfAddress(final int[] words, final int register, final int offset, final Label then) {
        final Label other = new Label();
        for (int i = 0; i < words.length; i++) {
            code.load(BpfCode.WORD, register, offset + i * Integer.BYTES);
            code.jumpIfNotEqual32(BpfCode.R0, words[i], other);
        }
        code.jump(then).land(other);
    }

    /** A frame that ends earlier is the kernel's: reading beyond would end the program with another result. */
    private void writeEnoughOrKernel(final int bytes) {
        code.moveRegister(BpfCode.R1, BpfCode.R7).add(BpfCode.R1, bytes).jumpIfBelowRegister(BpfCode.R8, BpfCode.R1,
                kernel);
    }
}
