package io.millrace.nativeports.tap;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Whether the kernel lets this process have SYNs steered apart. Thread: any. */
public final class Steering {
    private Steering() {}

    /** Why not; null where it does. */
    public static @Nullable String unavailabilityCause() {
        try {
            new SynSteering().close();
            return null;
        } catch (final IOException e) {
            return e.getMessage();
        }
    }
}
