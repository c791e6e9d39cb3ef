package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.socket.Socket.Phase;
import java.util.Map;
import java.util.TreeMap;

/** {@code getsockopt(TCP_INFO)}: a map from Linux's names to what the stack knows. Adding a field is a line. */
final class TcpInfo {
    /** Linux's numbers of the states, in the order of {@link TcpState}. */
    private static final int[] STATES = {7, 10, 2, 3, 1, 4, 5, 8, 11, 9, 6};

    private TcpInfo() {}

    static Map<String, Long> of(final Socket socket, final TcpCalls tcp) {
        final Map<String, Long> info = new TreeMap<>();
        final TcpState state = socket.phase == Phase.LISTENING ? TcpState.LISTEN : tcp.state(socket.connection);
        info.put("tcpi_state", (long) number(state));
        info.put("tcpi_snd_mss", (long) tcp.sendMss(socket.connection));
        return info;
    }

    /** Linux's number of a state, e.g. 1 for ESTABLISHED. */
    static int number(final TcpState state) {
        return STATES[state.ordinal()];
    }
}
