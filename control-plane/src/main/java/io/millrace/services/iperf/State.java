package io.millrace.services.iperf;

/** What a byte on the control connection means. */
final class State {
    static final int TEST_START = 1;
    static final int TEST_RUNNING = 2;
    static final int TEST_END = 4;
    static final int PARAM_EXCHANGE = 9;
    static final int CREATE_STREAMS = 10;
    static final int EXCHANGE_RESULTS = 13;
    static final int DISPLAY_RESULTS = 14;
    static final int IPERF_DONE = 16;
    /** Another test is running. */
    static final int ACCESS_DENIED = -1;
    /** An error number of iperf3 follows, then one of the system, 32 bits each. */
    static final int SERVER_ERROR = -2;

    /** Error of iperf3: an option that is not there. */
    static final int NOT_IMPLEMENTED = 13;

    private State() {}
}
