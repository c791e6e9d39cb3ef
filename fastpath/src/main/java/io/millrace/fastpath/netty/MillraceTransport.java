package io.millrace.fastpath.netty;

import io.millrace.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/** Tells whether this JVM can run the transport, as {@code Epoll} does for epoll. Thread: any. */
public final class MillraceTransport {
    /** Bytes of direct memory that each event loop has for small reads, from its beginning on. */
    public static final int READ_BUFFER_BYTES = ReadBuffers.MOST * ReadBuffers.LENGTH;

    private static final int FEATURE_VERSION = 25;

    @Nullable
    private static final Throwable CAUSE = probe();

    private MillraceTransport() {}

    /** True where the transport works in this JVM. */
    public static boolean isAvailable() {
        return CAUSE == null;
    }

    /** Why it does not; null where it does. */
    @Nullable
    public static Throwable unavailabilityCause() {
        return CAUSE;
    }

    /** @throws UnsatisfiedLinkError where the transport does not work, with the reason; as {@code Epoll} does. */
    public static void ensureAvailability() {
        if (CAUSE != null) {
            throw (Error) new UnsatisfiedLinkError("the Millrace transport is not available: " + CAUSE.getMessage())
                    .initCause(CAUSE);
        }
    }

    @Nullable
    private static Throwable probe() {
        return probe(Runtime.version().feature(), Object.class.getModule());
    }

    @Nullable
    static Throwable probe(final int featureVersion, final Module base) {
        if (featureVersion < FEATURE_VERSION) {
            return new IllegalStateException(
                    "Millrace needs Java " + FEATURE_VERSION + " or later, this is Java " + featureVersion);
        }
        // The flag's name is a compile-time constant: asking does not initialise Memory, which fails without the flag.
        if (!base.isExported("jdk.internal.misc", MillraceTransport.class.getModule())) {
            return new IllegalStateException("Millrace needs the JVM flag " + Memory.REQUIRED_FLAG);
        }
        return null;
    }
}
