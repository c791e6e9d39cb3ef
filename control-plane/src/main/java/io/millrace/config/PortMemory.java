package io.millrace.config;

import io.millrace.config.MemoryPlan.Part;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.MemoryLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The memory that one port of a configuration comes to: at least what the device takes, which is tested with those that
 * the kernel has. Thread: one.
 */
final class PortMemory {
    private static final int OFFLOADED_PACKET = 65_535;
    private static final int FRAME_SPARE = 256;
    private static final int SMALLEST_FRAME = 2_048;
    /** What a device has besides, in pages. */
    private static final int BESIDES = 16_384;
    /** Packet sockets, and what may become one. */
    private static final Set<String> PACKET_SOCKETS = Set.of("af-packet", "auto");
    private static final String TAP = "tap";
    private static final String TUN = "tun";
    private static final String AF_XDP = "af-xdp";
    private static final String SHARED_MEMORY = "shm";
    private static final String MEMORY_LINK = "memory";
    /** Of a packet socket's ring where the kernel gives it no large buffer: a slot, of which 15 share 1 MiB; the rest. */
    private static final long PACKET_SLOT = (1 << 20) / 15 + 1;
    private static final long PACKET_RING = 3 << 19;
    /** What may have a ring beside its queue: 4,096 slots of 128 bytes, and two pages. */
    private static final Set<String> WITH_SMALL_RING = Set.of(TAP, "af-packet", "auto");
    /** Where there is none in spite of that. */
    private static final List<String> WITHOUT_SMALL_RING = List.of("receive=queue", "filter=none");
    private static final long SMALL_RING = (4_096 << 7) + 8_192;
    /** What places SYNs, or flows, on queues of a device of the kernel's. */
    private static final long PLACING_PROGRAM = 27 << 12;
    /** Of AF_XDP: chunks that receive, for each frame; bytes of one, and what is in front of the packet in it. */
    private static final int CHUNKS = 4;
    private static final int SMALL_CHUNK = 2_048;
    private static final int LARGE_CHUNK = 4_096;
    private static final int CHUNK_HEADROOM = 324;
    /** In its four rings, with their pages; and the ring of a packet socket that is beside the first queue. */
    private static final int RING_ENTRY = 24;
    private static final long BESIDE_XDP = (1 << 20) + (4 << 12);

    private final MillraceConfig port;
    private final String name;
    private final String key;
    private final String scheme;
    private final int engines;
    private final long frames;
    private final List<Part> parts = new ArrayList<>();

    /** @param name what the port is called. @param key that decides about it. */
    PortMemory(final MillraceConfig port, final String name, final ConfigKey<?> key) {
        this.port = port;
        this.name = name;
        this.key = key.path();
        scheme = port.get(PortKeys.DEVICE).scheme();
        engines = port.get(ThreadingKeys.ENGINES);
        frames = port.get(PortKeys.FRAMES);
    }

    List<Part> parts() {
        if (scheme.equals(AF_XDP)) {
            addXdp();
            return parts;
        }
        add("frames of ", frames * frameBytes() + BESIDES, key);
        if (scheme.equals(SHARED_MEMORY)) {
            add("frames of the other side of ", frames * frameBytes(), key);
        }
        if (scheme.equals(MEMORY_LINK)) {
            add("small frames of ", MemoryLink.smallFrameBytes((int) frames, MemoryLink.QUEUE_LENGTH), key);
        }
        if (PACKET_SOCKETS.contains(scheme)) {
            add("ring of ", PACKET_RING + frames * PACKET_SLOT, key);
        }
        if (hasSmallRing()) {
            add("ring of small frames of ", SMALL_RING, "");
        }
        if (scheme.equals(TAP) || scheme.equals(TUN) && engines > 1) {
            parts.add(new Part("placing of frames on queues of " + name, 1, PLACING_PROGRAM, ""));
        }
        return parts;
    }

    private void add(final String what, final long bytes, final String by) {
        parts.add(new Part(what + name, engines, bytes, by));
    }

    /** Of a packet socket over a veth alone, which does not show here. */
    private boolean hasSmallRing() {
        final List<String> options = List.of(port.deviceRequest().argument().split(","));
        return WITH_SMALL_RING.contains(scheme) && !port.isShared()
                && WITHOUT_SMALL_RING.stream().noneMatch(options::contains);
    }

    /** As a TAP has them; other devices need as much or less, but for a packet socket, whose senders decide. */
    private long frameBytes() {
        final boolean large = port.get(PortKeys.OFFLOADS) || PACKET_SOCKETS.contains(scheme);
        final long packet = large ? OFFLOADED_PACKET : port.get(PortKeys.MTU);
        return Math.max(SMALLEST_FRAME, Frame.IP_OFFSET + packet + FRAME_SPARE) + Frame.DESCRIPTOR_LENGTH;
    }

    /** Chunks that receive, frames to send that are whole chunks, and half as many for packets of many pieces. */
    private void addXdp() {
        final long mtu = port.get(PortKeys.MTU);
        final long chunk = CHUNK_HEADROOM + mtu <= SMALL_CHUNK ? SMALL_CHUNK : LARGE_CHUNK;
        final long pieces = (Frame.IP_OFFSET + mtu + chunk) / chunk;
        add("frames of ", frames * (CHUNKS + pieces) * chunk
                + frames / 2 * (Frame.IP_OFFSET + OFFLOADED_PACKET + FRAME_SPARE) + BESIDES, key);
        add("rings of ", 2 * frames * (CHUNKS + pieces) * RING_ENTRY + BESIDE_XDP, key);
    }
}
