package io.millrace.nativeports.threads;

import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.Waiter;
import io.millrace.nativeports.linux.LinuxRelease;
import io.millrace.nativeports.linux.ThreadCalls;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** {@link HostThreads} of Linux. Thread: any, unless said otherwise. */
public final class LinuxThreads implements HostThreads {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LinuxThreads.class);

    public LinuxThreads() {}

    /** Looked at when first used: a process registers once. */
    private static final class Fences {
        static final boolean REGISTERED = new ThreadCalls().registerFences() == 0;

        private Fences() {}
    }

    @Override
    public @Nullable String unavailabilityCause() {
        return LinuxRelease.isLinux() ? null : "this is not Linux";
    }

    @Override
    public Waiter newWaiter(final int... descriptors) {
        try {
            return new PollWaiter(Fences.REGISTERED, descriptors);
        } catch (final IOException e) {
            LOGGER.warn("{}: an idle loop is not woken by frames, but looks for them from time to time",
                    e.getMessage());
            return PLAIN.newWaiter(descriptors);
        }
    }

    @Override
    public BitSet allowedCpus() throws IOException {
        return Affinity.ofThread();
    }

    @Override
    public Runnable pin(final int cpu) throws IOException {
        final BitSet one = new BitSet();
        one.set(cpu);
        return Affinity.keepOn(one);
    }
}
