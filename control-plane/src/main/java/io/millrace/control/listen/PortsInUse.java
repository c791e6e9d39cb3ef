package io.millrace.control.listen;

/** Whether connections, alive or in TIME_WAIT, hold a local port. Thread: any. */
@FunctionalInterface
public interface PortsInUse {
    /** True where any engine has a connection or a TIME_WAIT record with this local port. */
    boolean inUse(int localPort);
}
