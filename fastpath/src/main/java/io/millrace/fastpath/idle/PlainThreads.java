package io.millrace.fastpath.idle;

import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** {@link HostThreads#PLAIN}. */
final class PlainThreads implements HostThreads {
    @Override
    public @Nullable String unavailabilityCause() {
        return null;
    }

    @Override
    public Waiter newWaiter(final int... descriptors) {
        return new ParkWaiter();
    }

    @Override
    public BitSet allowedCpus() throws IOException {
        throw new IOException("CPUs are chosen on Linux only");
    }

    @Override
    public Runnable pin(final int cpu) throws IOException {
        throw new IOException("CPUs are chosen on Linux only");
    }
}
