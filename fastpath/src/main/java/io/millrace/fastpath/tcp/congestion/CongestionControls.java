package io.millrace.fastpath.tcp.congestion;

import java.util.Arrays;
import java.util.List;

/** The registry: a congestion control is one class and one line here. Thread: any. */
public final class CongestionControls {
    private static final CongestionControl[] ALL = {new Cubic(), new NewReno(), new Bbr()};

    /** Number of one that keeps all its state in the TCB. */
    public static final int WITHOUT_MEMORY = 0;

    private CongestionControls() {}

    /** The names that {@link #byName} knows, the default first. */
    public static List<String> names() {
        return Arrays.stream(ALL).map(CongestionControl::name).toList();
    }

    /**
     * Number of the congestion control of that name, for the TCB.
     *
     * @throws IllegalArgumentException naming those that exist.
     */
    public static int number(final String name) {
        for (int i = 0; i < ALL.length; i++) {
            if (ALL[i].name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("congestion control \"" + name + "\": must be one of " + names());
    }

    /** The congestion control of that number. */
    public static CongestionControl at(final int number) {
        return ALL[number];
    }
}
