package io.millrace.nativeports.linux;

import java.nio.ByteOrder;

/** Numbers of {@code linux/bpf.h}, and of the system call itself. */
public final class Bpf {
    /** Number of bpf(2) on this machine, or one that Linux answers with {@code ENOSYS}. */
    public static final long SYSTEM_CALL = systemCall(System.getProperty("os.arch"), ByteOrder.nativeOrder());

    public static final int MAP_CREATE = 0;
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
    /** Within {@code struct __sk_buff}: the Ethernet type, in network byte order. */
    public static final int SKB_PROTOCOL_OFFSET = 16;
    /** Source register of an instruction whose constant is a map's descriptor, and means the map's first value. */
    public static final int PSEUDO_MAP_VALUE = 2;

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
    public static final int SKB_VLAN_PRESENT = 20;
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
    public static final int ATTRIBUTES_LENGTH = 48;

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
