package io.millrace.fastpath.testing;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpState;

/**
 * A connection that was driven to a state by segments and calls alone, as it gets there in life. What the stack sent on
 * the way is taken. Thread: the test's.
 */
public final class Scenario implements AutoCloseable {
    /** Port of the listener. */
    public static final int PORT = 80;
    /** ISS of the peer unless said otherwise. */
    public static final int PEER_ISS = 5_000;
    /** ISS of the stack unless said otherwise. */
    public static final int ISS = 1_000;

    private final StackDriver stack = new StackDriver();
    private final Application application = new Application(stack);
    private final int iss;
    private final int peerIss;
    private Peer peer;
    private StackDriver.Listener listener;
    private long handle;
    private int sndNxt;

    private Scenario(final int iss, final int peerIss) {
        this.iss = iss;
        this.peerIss = peerIss;
        peer = new Peer(stack, 40_000, PORT, peerIss);
        stack.nextIss(iss);
    }

    /** A connection in this state; in CLOSED there is none, in LISTEN a listener. */
    public static Scenario in(final TcpState state) {
        return in(state, TcpSettings.DEFAULT);
    }

    /** The same with settings of its own. */
    public static Scenario in(final TcpState state, final TcpSettings settings) {
        return in(state, settings, ISS, PEER_ISS);
    }

    /** The same with initial sequence numbers of its own. */
    public static Scenario in(final TcpState state, final TcpSettings settings, final int iss, final int peerIss) {
        final Scenario scenario = new Scenario(iss, peerIss);
        if (state == TcpState.SYN_SENT) {
            scenario.synSent(settings);
        } else if (state != TcpState.CLOSED) {
            scenario.listener = scenario.stack.listen(PORT, 16, settings);
            scenario.driveTo(state);
        }
        scenario.stack.allSent();
        if (scenario.state() != state) {
            throw new AssertionError("driven to " + scenario.state() + " instead of " + state);
        }
        return scenario;
    }

    private void synSent(final TcpSettings settings) {
        stack.nextEphemeral(49_152);
        handle = stack.connect(Peer.ADDRESS, PORT, settings, application);
        peer = new Peer(stack, PORT, 49_152, peerIss).expect(iss + 1);
        sndNxt = iss + 1;
    }

    private void driveTo(final TcpState state) {
        switch (state) {
            case LISTEN -> sndNxt = iss;
            case SYN_RECEIVED -> synReceived();
            case ESTABLISHED -> established();
            case FIN_WAIT_1 -> finWait1();
            case FIN_WAIT_2 -> finWait2();
            case CLOSING -> {
                finWait1();
                // acknowledges all but the FIN
                peer.send("FA", "");
            }
            case TIME_WAIT -> {
                finWait2();
                peer.send("FA", "");
            }
            case CLOSE_WAIT -> closeWait();
            case LAST_ACK -> {
                closeWait();
                shutdown();
            }
            default -> throw new IllegalArgumentException(state.toString());
        }
    }

    private void synReceived() {
        peer.send("S", new byte[0], 1_460, -1);
        peer.seq(peerIss + 1).expect(iss + 1);
        sndNxt = iss + 1;
    }

    private void established() {
        synReceived();
        peer.ack(iss + 1);
        handle = listener.accept(stack, application);
    }

    private void finWait1() {
        established();
        shutdown();
    }

    private void finWait2() {
        finWait1();
        peer.ack(sndNxt);
    }

    private void closeWait() {
        established();
        peer.send("FA", "");
    }

    private void shutdown() {
        stack.tcp().shutdownOutput(handle);
        stack.run();
        sndNxt++;
    }

    public StackDriver stack() {
        return stack;
    }

    public Peer peer() {
        return peer;
    }

    public Application application() {
        return application;
    }

    /** Null in CLOSED and SYN_SENT. */
    public StackDriver.Listener listener() {
        return listener;
    }

    /** The handle; 0 while only the stack knows the connection. */
    public long handle() {
        return handle;
    }

    /** SND.NXT of the stack. */
    public int sndNxt() {
        return sndNxt;
    }

    /** RCV.NXT of the stack, if there is a connection. */
    public int rcvNxt() {
        return peer.seq();
    }

    /** The state now, TIME_WAIT and LISTEN included. */
    public TcpState state() {
        if (stack.engine().timeWaits() > 0) {
            return TcpState.TIME_WAIT;
        }
        if (handle != 0 && (listener == null || listener.syns() == 0)) {
            return stack.tcp().state(handle);
        }
        if (listener == null) {
            return TcpState.CLOSED;
        }
        return listener.syns() > 0 ? TcpState.SYN_RECEIVED : TcpState.LISTEN;
    }

    @Override
    public void close() {
        stack.close();
    }
}
