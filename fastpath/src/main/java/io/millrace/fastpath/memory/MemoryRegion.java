package io.millrace.fastpath.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An owned region of anonymous, zeroed, page-aligned memory. Pages become resident when first touched, so a table that
 * is sized for its limit costs only what is used of it.
 * <p>
 * Thread: any thread may allocate and close; closing twice does nothing, closing while in use ends the JVM.
 */
public final class MemoryRegion implements AutoCloseable {
    private static final AtomicLong BYTES_IN_USE = new AtomicLong();

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
    private static final long MAP_FAILED = -1L;
    private static final int MADV_HUGEPAGE = 14;
    /** Smaller tables fit into the caches of a processor, and of its page tables. */
    private static final long LARGE = 8 << 20;

    private final String purpose;
    private final long length;
    private long address;

    private MemoryRegion(final String purpose, final long address, final long length) {
        this.purpose = purpose;
        this.address = address;
        this.length = length;
    }

    /**
     * @param purpose what the region is for, for messages, e.g. {@code "flow table"}.
     * @param bytes   at least 1; rounded up to whole pages of 4 KiB.
     * @return the region, all zero.
     * @throws OutOfMemoryError naming the purpose and the size, where the system refuses.
     */
    public static MemoryRegion allocate(final String purpose, final long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(purpose + ": region of " + bytes + " bytes, must be at least 1");
        }
        final long length = (bytes + 4095) & -4096L;
        final long address = Libc.mmap(length);
        if (address == MAP_FAILED) {
            throw new OutOfMemoryError("cannot reserve " + length + " bytes of off-heap memory for the " + purpose);
        }
        BYTES_IN_USE.addAndGet(length);
        return new MemoryRegion(purpose, address, length);
    }

    /**
     * The same for a table that is looked up at random. Where it is large, it asks for pages of 2 MiB (transparent huge
     * pages): with small ones each look-up waits for the page tables first, and for the record after that. Memory is
     * resident by 2 MiB then; where the system has no such pages, by 4 KiB as ever.
     * <p>
     * The price: who touches such a page first waits until 2 MiB are zero, and, where memory is in pieces, for what Linux is
     * told to do about that ({@code /sys/kernel/mm/transparent_hugepage/defrag}); {@code never} in {@code enabled} beside it
     * leaves all pages small.
     */
    public static MemoryRegion allocateTable(final String purpose, final long bytes) {
        final MemoryRegion region = allocate(purpose, bytes);
        if (region.length >= LARGE) {
            region.advise(MADV_HUGEPAGE);
        }
        return region;
    }

    /** False where the system does not take the advice, e.g. for it was built without such pages: nothing is lost. */
    boolean advise(final int advice) {
        return Libc.madvise(address, length, advice) == 0;
    }

    /** Bytes of all regions of this JVM that are not closed. Zero when every stack is closed. */
    public static long bytesInUse() {
        return BYTES_IN_USE.get();
    }

    /** Address of the first byte. */
    public long address() {
        return address;
    }

    /** Length in bytes, a multiple of 4,096. */
    public long length() {
        return length;
    }

    @Override
    public synchronized void close() {
        if (address != 0) {
            Libc.munmap(address, length);
            BYTES_IN_USE.addAndGet(-length);
            address = 0;
        }
    }

    @Override
    public String toString() {
        return purpose + ": " + length + " bytes at 0x" + Long.toHexString(address);
    }

    /** Calls of the C library that Java has no words for: memory that is zero without being touched. */
    @SuppressWarnings("restricted")
    private static final class Libc {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final MethodHandle MMAP = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("mmap"),
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        private static final MethodHandle MUNMAP = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("munmap"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        private static final MethodHandle MADVISE = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("madvise"), FunctionDescriptor.of(ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

        static int madvise(final long address, final long length, final int advice) {
            try {
                return (int) MADVISE.invokeExact(address, length, advice);
            } catch (final Throwable e) {
                throw new IllegalStateException("madvise", e);
            }
        }

        static long mmap(final long length) {
            try {
                return (long) MMAP.invokeExact(0L, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            } catch (final Throwable e) {
                throw new IllegalStateException("mmap", e);
            }
        }

        static void munmap(final long address, final long length) {
            try {
                final int result = (int) MUNMAP.invokeExact(address, length);
                assert result == 0 : "munmap";
            } catch (final Throwable e) {
                throw new IllegalStateException("munmap", e);
            }
        }
    }
}
