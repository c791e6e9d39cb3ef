package io.millrace.nativeports.linux;

import java.nio.ByteOrder;

/** Numbers of {@code linux/bpf.h}, and of the system call itself. */
public final class Bpf {
    /** Number of bpf(2) on this machine, or one that Linux answers with {@code ENOSYS}. */
    public static final long SYSTEM_CALL = systemCall(System.getProperty("os.arch"), ByteOrder.nativeOrder());

    public static final int MAP_CREATE = 0;
    public static final int MAP_UPDATE_ELEM = 2;
    public static final int PROG_LOAD = 5;
    public static final int PROG_TEST_RUN = 10;
    public static final int LINK_CREATE = 28;

    public static final int MAP_TYPE_ARRAY = 2;
    /** The values of the map can be mapped into memory. */
    public static final int F_MMAPABLE = 1 << 10;
    public static final int PROG_TYPE_SOCKET_FILTER = 1;
    public static final int PROG_TYPE_SCHED_CLS = 3;
    /** Function that gives 32 random bits. */
    public static final int FUNC_GET_PRANDOM_U32 = 7;
    /** Function that copies so many bytes of the packet (R4), from an offset on (R2), to memory (R3); 0 where it did. */
    public static final int FUNC_SKB_LOAD_BYTES = 26;
    /** Within {@code struct __sk_buff}: the Ethernet type, in network byte order. */
    public static final int SKB_PROTOCOL_OFFSET = 16;
    /** Source register of an instruction whose constant is a map's descriptor, and means the map's first value. */
    public static final int PSEUDO_MAP_VALUE = 2;

    public static final int MAP_TYPE_XSKMAP = 17;
    public static final int PROG_TYPE_XDP = 6;
    /** Where a program of that type sees what an interface has received: as an attach type. */
    public static final int XDP = 37;
    /** Flag of such a program: it is given frames of several pieces, too (Linux 5.18). */
    public static final int F_XDP_HAS_FRAGS = 1 << 5;
    /** Flags of {@link #LINK_CREATE} for it: for every interface, on a copy; by the driver itself. */
    public static final int XDP_FLAGS_SKB_MODE = 1 << 1;
    public static final int XDP_FLAGS_DRV_MODE = 1 << 2;
    /** Results of it: the frame goes on to the kernel. */
    public static final int XDP_PASS = 2;
    /** Source register of an instruction whose constant is a map's descriptor, and means the map. */
    public static final int PSEUDO_MAP_FD = 1;
    /** Function that sends a frame to what lies in a map at an index, or has the result that its third argument says. */
    public static final int FUNC_REDIRECT_MAP = 51;
    /** Within {@code struct xdp_md}, which the program is given. */
    public static final int XDP_DATA = 0;
    public static final int XDP_DATA_END = 4;
    public static final int XDP_QUEUE = 16;

    /** Where a program of the type {@link #PROG_TYPE_SCHED_CLS} sees what an interface has received (Linux 6.6). */
    public static final int TCX_INGRESS = 46;
    /** Flag of {@link #LINK_CREATE}: in front of all programs that are there. */
    public static final int F_BEFORE = 1 << 3;
    /** Results of such a program: as if it were not there; the frame is dropped. */
    public static final int TCX_NEXT = -1;
    public static final int TCX_DROP = 2;

    /** Within {@code struct __sk_buff}, which a program is given: words in host byte order. */
    public static final int SKB_LENGTH = 0;
    public static final int SKB_PACKET_TYPE = 4;
    /** Which of its queues the interface sends it by. */
    public static final int SKB_QUEUE = 12;
    public static final int SKB_VLAN_PRESENT = 20;
    /** Not 0: one segment that stands for several (Linux 5.7). */
    public static final int SKB_GSO_SIZE = 176;
    /** Its packet type: for this host, rather than for all, a group or somebody else. */
    public static final int PACKET_HOST = 0;

    /** Within {@code union bpf_attr}, for {@link #MAP_CREATE}. */
    public static final int MAP_TYPE_OFFSET = 0;
    public static final int KEY_SIZE_OFFSET = 4;
    public static final int VALUE_SIZE_OFFSET = 8;
    public static final int MAX_ENTRIES_OFFSET = 12;
    public static final int MAP_FLAGS_OFFSET = 16;
    /** The same for {@link #PROG_LOAD}. */
    public static final int PROG_TYPE_OFFSET = 0;
    public static final int INSN_CNT_OFFSET = 4;
    public static final int INSNS_OFFSET = 8;
    public static final int LICENSE_OFFSET = 16;
    public static final int PROG_FLAGS_OFFSET = 44;
    public static final int EXPECTED_ATTACH_TYPE_OFFSET = 68;
    /** The same for {@link #MAP_UPDATE_ELEM}. */
    public static final int MAP_FD_OFFSET = 0;
    public static final int KEY_OFFSET = 8;
    public static final int VALUE_OFFSET = 16;
    /** The same for {@link #LINK_CREATE}. */
    public static final int LINK_PROG_OFFSET = 0;
    public static final int LINK_TARGET_OFFSET = 4;
    public static final int LINK_ATTACH_TYPE_OFFSET = 8;
    public static final int LINK_FLAGS_OFFSET = 12;
    /** The same for {@link #PROG_TEST_RUN}. */
    public static final int TEST_PROG_OFFSET = 0;
    public static final int TEST_RESULT_OFFSET = 4;
    public static final int TEST_SIZE_IN_OFFSET = 8;
    public static final int TEST_DATA_IN_OFFSET = 16;
    /** Bytes of the union as far as it is used here; Linux takes the rest for 0. */
    public static final int ATTRIBUTES_LENGTH = 72;

    private static final long NONE = 1L << 30;

    private Bpf() {}

    /** Instructions are written for little-endian machines only, which is all that Java still runs on but for one. */
    private static long systemCall(final String architecture, final ByteOrder order) {
        return order != ByteOrder.LITTLE_ENDIAN ? NONE : switch (architecture) {
            case "amd64", "x86_64" -> 321;
            case "aarch64", "riscv64", "loongarch64" -> 280;
            case "ppc64le" -> 361;
            default -> NONE;
        };
    }
}
