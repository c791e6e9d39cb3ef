package io.millrace.nativeports.linux;

import java.nio.ByteOrder;

/** Numbers of {@code linux/bpf.h}, and of the system call itself. */
public final class Bpf {
    /** Number of bpf(2) on this machine, or one that Linux answers with {@code ENOSYS}. */
    public static final long SYSTEM_CALL = systemCall(System.getProperty("os.arch"), ByteOrder.nativeOrder());

    public static final int MAP_CREATE = 0;
    public static final int PROG_LOAD = 5;

    public static final int MAP_TYPE_ARRAY = 2;
    /** The values of the map can be mapped into memory. */
    public static final int F_MMAPABLE = 1 << 10;
    public static final int PROG_TYPE_SOCKET_FILTER = 1;
    /** Function that gives 32 random bits. */
    public static final int FUNC_GET_PRANDOM_U32 = 7;
    /** Within {@code struct __sk_buff}: the Ethernet type, in network byte order. */
    public static final int SKB_PROTOCOL_OFFSET = 16;
    /** Source register of an instruction whose constant is a map's descriptor, and means the map's first value. */
    public static final int PSEUDO_MAP_VALUE = 2;

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
