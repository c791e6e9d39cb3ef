package io.millrace.nativeports.linux;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * System calls by way of the C library. A call returns what the kernel returns: zero or a positive result, or the
 * negated error number ({@link Errno}). Buffers are raw addresses; a wrong one gives {@code EFAULT} at best.
 * <p>
 * Thread: one at a time; whoever calls in a loop has an object of its own.
 */
@SuppressWarnings("restricted")
public final class LinuxCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    static final StructLayout STATE = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final MethodHandle OPEN = variadic("open", 2, FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle IOCTL = variadic("ioctl", 2, FunctionDescriptor.of(INT, INT, LONG, LONG));
    private static final MethodHandle READ = call("read", FunctionDescriptor.of(LONG, INT, LONG, LONG));
    private static final MethodHandle WRITE = call("write", FunctionDescriptor.of(LONG, INT, LONG, LONG));
    private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SOCKET = call("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = call("bind", FunctionDescriptor.of(INT, INT, LONG, INT));
    private static final MethodHandle CONNECT = call("connect", FunctionDescriptor.of(INT, INT, LONG, INT));
    private static final MethodHandle LISTEN = call("listen", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle ACCEPT = call("accept4", FunctionDescriptor.of(INT, INT, LONG, LONG, INT));
    private static final MethodHandle GET_OPTION = call("getsockopt",
            FunctionDescriptor.of(INT, INT, INT, INT, LONG, LONG));
    private static final MethodHandle SET_OPTION = call("setsockopt",
            FunctionDescriptor.of(INT, INT, INT, INT, LONG, INT));
    private static final MethodHandle MMAP = call("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
    private static final MethodHandle SEND = call("send", FunctionDescriptor.of(LONG, INT, LONG, LONG, INT));
    private static final MethodHandle RECV = call("recv", FunctionDescriptor.of(LONG, INT, LONG, LONG, INT));
    private static final MethodHandle MUNMAP = call("munmap", FunctionDescriptor.of(INT, LONG, LONG));
    private static final MethodHandle BPF = variadic("syscall", 1,
            FunctionDescriptor.of(LONG, LONG, INT, LONG, INT));
    private static final MethodHandle SETNS = call("setns", FunctionDescriptor.of(INT, INT, INT));

    /** Where a call leaves its error number; freed with this object, which any thread may drop. */
    private final MemorySegment state = Arena.ofAuto().allocate(STATE);

    public LinuxCalls() {}

    /** open(2). */
    public int open(final String path, final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return result((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags));
        } catch (final Throwable e) {
            throw unexpected("open", e);
        }
    }

    /** ioctl(2) with a number or an address as its argument. */
    public int ioctl(final int fd, final long request, final long argument) {
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument));
        } catch (final Throwable e) {
            throw unexpected("ioctl", e);
        }
    }

    /** read(2) to an address. */
    public long read(final int fd, final long address, final long length) {
        try {
            return result((long) READ.invokeExact(state, fd, address, length));
        } catch (final Throwable e) {
            throw unexpected("read", e);
        }
    }

    /** write(2) from an address. */
    public long write(final int fd, final long address, final long length) {
        try {
            return result((long) WRITE.invokeExact(state, fd, address, length));
        } catch (final Throwable e) {
            throw unexpected("write", e);
        }
    }

    /** send(2) from an address. */
    public long send(final int fd, final long address, final long length, final int flags) {
        try {
            return result((long) SEND.invokeExact(state, fd, address, length, flags));
        } catch (final Throwable e) {
            throw unexpected("send", e);
        }
    }

    /** recv(2) to an address. */
    public long receive(final int fd, final long address, final long length, final int flags) {
        try {
            return result((long) RECV.invokeExact(state, fd, address, length, flags));
        } catch (final Throwable e) {
            throw unexpected("recv", e);
        }
    }

    /** close(2). */
    public int close(final int fd) {
        try {
            return result((int) CLOSE.invokeExact(state, fd));
        } catch (final Throwable e) {
            throw unexpected("close", e);
        }
    }

    /** socket(2). */
    public int socket(final int domain, final int type, final int protocol) {
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol));
        } catch (final Throwable e) {
            throw unexpected("socket", e);
        }
    }

    /** bind(2) to the address structure of {@code length} bytes. */
    public int bind(final int fd, final long address, final int length) {
        try {
            return result((int) BIND.invokeExact(state, fd, address, length));
        } catch (final Throwable e) {
            throw unexpected("bind", e);
        }
    }

    /** connect(2) to the address structure of {@code length} bytes. */
    public int connect(final int fd, final long address, final int length) {
        try {
            return result((int) CONNECT.invokeExact(state, fd, address, length));
        } catch (final Throwable e) {
            throw unexpected("connect", e);
        }
    }

    /** listen(2). */
    public int listen(final int fd, final int backlog) {
        try {
            return result((int) LISTEN.invokeExact(state, fd, backlog));
        } catch (final Throwable e) {
            throw unexpected("listen", e);
        }
    }

    /** accept4(2); the peer's address is not asked for. */
    public int accept(final int fd, final int flags) {
        try {
            return result((int) ACCEPT.invokeExact(state, fd, 0L, 0L, flags));
        } catch (final Throwable e) {
            throw unexpected("accept", e);
        }
    }

    /** getsockopt(2) into the buffer at the address, whose length lies as an {@code int} at {@code lengthAddress}. */
    public int option(final int fd, final int level, final int name, final long address, final long lengthAddress) {
        try {
            return result((int) GET_OPTION.invokeExact(state, fd, level, name, address, lengthAddress));
        } catch (final Throwable e) {
            throw unexpected("getsockopt", e);
        }
    }

    /** setsockopt(2) with the value of {@code length} bytes at the address. */
    public int setOption(final int fd, final int level, final int name, final long address, final int length) {
        try {
            return result((int) SET_OPTION.invokeExact(state, fd, level, name, address, length));
        } catch (final Throwable e) {
            throw unexpected("setsockopt", e);
        }
    }

    /** setns(2): moves the calling thread of the operating system, and no other, into another namespace. */
    public int setNamespace(final int fd, final int type) {
        try {
            return result((int) SETNS.invokeExact(state, fd, type));
        } catch (final Throwable e) {
            throw unexpected("setns", e);
        }
    }

    /** mmap(2) of a file from its beginning; an address, which is below 2^63. */
    public long map(final int fd, final long length, final int protection, final int flags) {
        return map(fd, length, protection, flags, 0);
    }

    /** mmap(2) of a file from an offset on, a multiple of the page; an address, which is below 2^63. */
    public long map(final int fd, final long length, final int protection, final int flags, final long offset) {
        try {
            return result((long) MMAP.invokeExact(state, 0L, length, protection, flags, fd, offset));
        } catch (final Throwable e) {
            throw unexpected("mmap", e);
        }
    }

    /** munmap(2). */
    public int unmap(final long address, final long length) {
        try {
            return result((int) MUNMAP.invokeExact(state, address, length));
        } catch (final Throwable e) {
            throw unexpected("munmap", e);
        }
    }

    /** bpf(2), which the C library has no function for, with the attributes of {@code length} bytes at the address. */
    public int bpf(final int command, final long attributes, final int length) {
        try {
            return (int) result((long) BPF.invokeExact(state, Bpf.SYSTEM_CALL, command, attributes, length));
        } catch (final Throwable e) {
            throw unexpected("bpf", e);
        }
    }

    private int result(final int value) {
        return value >= 0 ? value : -(int) ERRNO.get(state, 0L);
    }

    private long result(final long value) {
        return value >= 0 ? value : -(int) ERRNO.get(state, 0L);
    }

    static MethodHandle call(final String name, final FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor,
                Linker.Option.captureCallState("errno"));
    }

    /** @param fixed arguments that are not variable; the others may travel otherwise on some architectures. */
    static MethodHandle variadic(final String name, final int fixed, final FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor,
                Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(fixed));
    }

    /**
     * A downcall throws nothing; what comes here is an error of the JVM. One that says that memory is lost may come up
     * anywhere behind the access, and goes on as it is, so that who drives the engine learns of it.
     *
     * @param call what failed, for the message.
     * @return what to throw.
     * @throws Error the cause, where it is one.
     */
    public static IllegalStateException unexpected(final String call, final Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(call + " failed in the JVM", cause);
    }
}
