package io.millrace.doctor;

import java.util.Locale;

/** Everything that can be found, and why it matters. */
public enum Symptom {
    // ---- before a run
    CONFIGURATION(true, "The stack does not start with a wrong configuration."),
    JDK_TOO_OLD(true, "Millrace uses calls of later JDKs."),
    FLAG_MISSING(true, "Without it the JVM refuses access to memory outside of the heap, and nothing starts."),
    NATIVE_ACCESS_MISSING(false, "The JVM prints warnings now, and will refuse calls into the system one day."),
    DEVICE_UNAVAILABLE(true, "The stack does not start without its device."),
    ADDRESSES_NOT_SHARED(true,
            "The stack does not start where it cannot have its ports of the host's addresses for itself."),
    DEVICE_HINDERED(true, "Frames do not pass as they should."),
    DEVICE_SLOWED(false, "The port works, and could work better."),
    MEMORY_EXCEEDS_MACHINE(true,
            "The stack refuses to start: memory is taken when it is first used, and the process would be killed under load."),
    TOO_FEW_CORES(false, "Loops that have to share a core wait for each other, up to some milliseconds each time."),
    CPU_REFUSED(true, "The stack does not start where a loop cannot be kept on its CPU."),
    CPU_SHARED(false, "The loop waits while another thread has its CPU, up to some milliseconds each time."),
    MTU_DIFFERS(true, "Packets that are too long for one side disappear without a trace."),
    SHARED_MEMORY_FULL(false, "Without its file nobody can look into the running stack."),

    // ---- before and during a run
    KERNEL_HAS_ADDRESS(true, "The kernel answers the same packets: it resets connections that it does not know, and"
            + " answers ARP for the address too."),

    // ---- during a run
    SHARED_ADDRESS_LOST(true,
            "What is sent to it goes elsewhere, and the kernel, which answers for it, does not any more."),
    NOT_DRIVEN(true, "Packets, timers and connections of that engine stand still."),
    LOOP_STARVED(true, "While a loop does not run, packets wait or are lost, and peers send again what is not lost."),
    CPU_STOLEN(false, "What a hypervisor takes, a loop does not have: packets wait as long."),
    CHECKSUMS_WRONG(true, "Each is dropped, and must be sent again; the peer believes in loss and slows down."),
    PATH_MTU_ON_LINK(true, "On one link both sides must agree; longer packets disappear without a trace."),
    ADDRESS_CONFLICT(true, "Two hosts with one address get each other's packets and reset each other's connections."),
    NEIGHBOUR_UNREACHABLE(false, "What is sent there, or through it, does not arrive."),
    RESETS_ANSWERED(false, "Peers give up connections; behind that may be the kernel, which answers in our name."),
    ACCEPT_QUEUE_OVERFLOWED(true, "Handshakes are dropped, and clients wait seconds for another try."),
    SYN_QUEUE_OVERFLOWED(true, "SYNs are dropped, and clients wait seconds for another try."),
    TABLE_FULL(true, "What finds no place is refused or dropped."),
    BUFFER_FULL(true, "What finds no room is dropped or waits."),
    TIME_WAIT_NEARLY_FULL(false, "When it is full, connections end without TIME_WAIT, and a stray segment of an old one"
            + " may reach a new one."),
    PORTS_EXHAUSTED(true, "Connections to that destination fail at once."),
    CONTROL_PLANE_BEHIND(true, "Neighbours are not resolved and listeners not closed in time."),
    SYNS_LOST(false,
            "They never reached the stack; who sent one tries again a second later. Established connections lose"
                    + " nothing by it."),
    FRAMES_LOST_BY_PORT(false, "They never reached the stack; peers send them again."),
    DEFECT(true, "An exception that nobody expected ended a step of the stack, or comes from a handler.");

    private final boolean problem;
    private final String why;

    Symptom(final boolean problem, final String why) {
        this.problem = problem;
        this.why = why;
    }

    /** True where it should be mended; false where it is an advice. */
    public boolean isProblem() {
        return problem;
    }

    /** Why it matters. */
    public String why() {
        return why;
    }

    /** {@code kernel-has-address}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
