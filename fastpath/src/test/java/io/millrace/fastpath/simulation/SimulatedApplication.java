package io.millrace.fastpath.simulation;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.LentFrame;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The application at one end of a simulated connection: sends so many bytes in chunks, receives in chunks with pauses,
 * and ends as its plan says. It acts on events only, so an event that is never told shows as a hang. Thread: the
 * simulation's.
 */
final class SimulatedApplication implements ConnectionHandler {
    /** How an application ends. */
    enum Ending {
        /** FIN after the last byte, then reads to the end and waits for CLOSED. */
        HALF_CLOSE,
        /** FIN after the last byte, reads to the end, then lets go. */
        HALF_CLOSE_THEN_CLOSE,
        /** Lets go after the last byte sent, whatever has not arrived. */
        CLOSE_WHEN_SENT,
        /** Aborts in the middle. */
        ABORT
    }

    private static final int MOST_CHUNKS = 8_192;
    private static final int MOST_FRAMES = 4;

    private final TcpCalls tcp;
    private final MemoryRegion scratch;
    private final Random random;
    private final String name;
    private final int key;
    private final int toSend;
    private int chunk;
    private final int pauseNs;
    private final Ending ending;
    private final int abortAfter;
    /** Changes its options now and then. */
    private final boolean fidgety;
    /** How it sends and receives: draws of their own, so that they change nothing else. */
    private final Random choices;
    private final List<HeldFrame> frames = new ArrayList<>();
    private final LentFrames lender;
    private int holds;
    private SimulatedApplication peer = this;
    private long connection;
    private long wakeNs;
    private boolean ready = true;
    private int sent;
    private int received;
    private boolean outputShut;
    private boolean inputDone;
    private boolean letGo;
    private boolean abandoned;
    private boolean closed;
    private TcpFailure failure = TcpFailure.NONE;

    SimulatedApplication(final String name, final TcpCalls tcp, final LentFrames lender, final MemoryRegion scratch,
            final Random random, final int least, final int largest) {
        this.name = name;
        this.tcp = tcp;
        this.lender = lender;
        this.scratch = scratch;
        this.random = random;
        key = random.nextInt();
        choices = new Random(key);
        final int more = random.nextInt(8) == 0 ? 0 : random.nextInt(1 << random.nextInt(1, 20));
        toSend = least + more % (largest - least);
        chunk = 1 + random.nextInt(1 << random.nextInt(6, 16));
        pauseNs = random.nextInt(3) == 0 ? random.nextInt(1 << random.nextInt(10, 29)) : 0;
        final int choice = random.nextInt(20);
        ending = choice < 8
                ? Ending.HALF_CLOSE
                : choice < 15 ? Ending.HALF_CLOSE_THEN_CLOSE : choice < 18 ? Ending.CLOSE_WHEN_SENT : Ending.ABORT;
        abortAfter = random.nextInt(toSend + 1);
        fidgety = random.nextInt(5) == 0;
    }

    /** @param handle 0 where the connection was refused at once. */
    void attached(final long handle) {
        connection = handle;
        if (handle == 0) {
            failure = tcp.failure(0);
        }
    }

    /** True where it has, or had, a connection. */
    boolean isAttached() {
        return connection != 0 || hasFailed();
    }

    @Override
    public void onReady(final long handle, final int events) {
        check(!isOver(), "told of events " + events + " after the end");
        connection = handle;
        if ((events & FAILED) != 0) {
            failure = tcp.failure(handle);
            check(failure != TcpFailure.NONE, "failed without a reason");
            while (receive(Integer.MAX_VALUE) > 0) {
                // what arrived before the failure
            }
            ready = false;
        } else if ((events & CLOSED) != 0) {
            closed = true;
            check(inputDone || receive(1) < 0, "closed before the end of the input was received");
            ready = false;
        } else {
            ready = true;
        }
    }

    /** When it wants to act next; {@link Long#MAX_VALUE} while it waits for an event. */
    long deadlineNs() {
        return ready && connection != 0 && !isOver() ? wakeNs : Long.MAX_VALUE;
    }

    /** Acts where it is time; returns the number of things done. */
    int act(final long nowNs) {
        if (isOver() || !ready || nowNs < wakeNs || connection == 0) {
            return 0;
        }
        if (ending == Ending.ABORT && sent >= abortAfter) {
            abort();
            return 1;
        }
        if (fidgety && random.nextInt(8) == 0) {
            fidget();
        }
        final int moved = Math.max(0, send()) + Math.max(0, inputDone ? 0 : receive(chunk));
        if (sent == toSend && !outputShut && ending != Ending.ABORT) {
            finishOutput();
        }
        if (!letGo && outputShut && inputDone && ending == Ending.HALF_CLOSE_THEN_CLOSE) {
            tcp.close(connection);
            letGo = true;
        }
        ready = moved > 0;
        wakeNs = nowNs + (pauseNs == 0 ? 0 : random.nextInt(pauseNs));
        return 1;
    }

    void abort() {
        tcp.abort(connection);
        letGo = true;
    }

    /** Ends what nothing else will end. */
    void abandon() {
        abandoned = true;
        abort();
    }

    private void fidget() {
        switch (random.nextInt(3)) {
            case 0 -> tcp.noDelay(connection, random.nextBoolean());
            case 1 -> tcp.cork(connection, random.nextBoolean());
            default -> tcp.keepAlive(connection, true);
        }
    }

    private void finishOutput() {
        outputShut = true;
        if (ending == Ending.CLOSE_WHEN_SENT) {
            tcp.close(connection);
            letGo = true;
        } else {
            tcp.shutdownOutput(connection);
        }
    }

    private int send() {
        final int length = (int) Math.min(Math.min(chunk, toSend - sent), scratch.length());
        if (length == 0) {
            return 0;
        }
        for (int i = 0; i < length; i++) {
            Memory.putByte(scratch.address() + i, byteAt(key, sent + i));
        }
        final int taken = switch (choices.nextInt(6)) {
            case 0 -> sendHeld(length);
            case 1 -> sendClaimed(length);
            default -> tcp.send(connection, scratch.address(), length);
        };
        if (taken > 0) {
            sent += taken;
            tcp.flush(connection);
        }
        return taken;
    }

    /** Sends from memory that is overwritten as soon as TCP lets go of it. */
    private int sendHeld(final int length) {
        final byte[] bytes = new byte[length + 1];
        for (int i = 0; i < length; i++) {
            bytes[i + 1] = (byte) byteAt(key, sent + i);
        }
        final int taken = tcp.sendHeld(connection, bytes, 1, length, this::onReleased, bytes);
        if (taken > 0) {
            holds++;
        }
        return taken;
    }

    private void onReleased(final Object text) {
        holds--;
        check(holds >= 0, "text let go of twice");
        Arrays.fill((byte[]) text, (byte) ~key);
    }

    private int sendClaimed(final int length) {
        final int claim = tcp.claim(connection, length);
        if (claim <= 0) {
            return claim;
        }
        final int used = choices.nextInt(claim + 1);
        for (int i = 0; i < used; i++) {
            tcp.claimed().put((byte) byteAt(key, sent + i));
        }
        tcp.commit(connection, used);
        // not an answer of 0, after which it would wait for room
        return used == 0 ? tcp.send(connection, scratch.address(), length) : used;
    }

    /** Gives back the frames that it has, all of them or some. */
    private void giveBack(final boolean all) {
        while (!frames.isEmpty() && (all || choices.nextInt(3) != 0)) {
            final HeldFrame frame = frames.removeLast();
            final int length = Frame.textLength(frame.frame());
            for (int i = 0; i < length; i++) {
                final long address = Frame.textAddress(frame.frame()) + i;
                check(Memory.getByte(address) == (byte) byteAt(peer.key, frame.position() + i), "a frame has changed");
                // it is the application's to write
                Memory.putByte(address, ~key);
            }
            lender.giveBack(frame);
        }
    }

    private int receiveFrame() {
        final long frame = frames.size() < MOST_FRAMES ? tcp.receiveFrame(connection) : 0;
        if (frame == 0) {
            return 0;
        }
        final int length = Frame.textLength(frame);
        for (int i = 0; i < length; i++) {
            scratchAt(i, Memory.getByte(Frame.textAddress(frame) + i));
        }
        frames.add(new HeldFrame(frame, received));
        return length;
    }

    private void scratchAt(final int index, final byte value) {
        Memory.putByte(scratch.address() + index, value);
    }

    private record HeldFrame(long frame, int position) implements LentFrame {
        @Override
        public void onReturned() {
            // nothing stands for it
        }
    }

    void peer(final SimulatedApplication other) {
        peer = other;
        // byte by byte where there are few of them only: the simulation must end
        chunk = Math.max(chunk, Math.max(toSend, other.toSend) / MOST_CHUNKS);
    }

    private int receive(final int most) {
        giveBack(false);
        final int inFrame = receiveFrame();
        final int taken = inFrame != 0
                ? inFrame
                : tcp.receive(connection, scratch.address(), (int) Math.min(most, scratch.length()));
        for (int i = 0; i < taken; i++) {
            final int expected = byteAt(peer.key, received + i);
            final int found = Memory.getByte(scratch.address() + i);
            check((byte) expected == (byte) found, "byte " + (received + i) + " is wrong");
        }
        if (taken > 0) {
            received += taken;
            check(received <= peer.sent, "received more than was sent");
        } else if (taken < 0) {
            inputDone = true;
            if (failure == TcpFailure.NONE) {
                check(received == peer.toSend, "end of input after " + received + " of " + peer.toSend);
            }
        }
        return taken;
    }

    private static int byteAt(final int key, final int position) {
        return position * 31 + (position >> 8) * 17 + (position >> 16) * 101 + key;
    }

    /** Asserts that nothing of it is held any more, once its engine has had a turn. */
    void assertNothingHeld() {
        giveBack(true);
        check(holds == 0, "text is held still: " + holds);
    }

    boolean isOver() {
        return letGo || closed || failure != TcpFailure.NONE;
    }

    /** True where it ended the connection before its time. */
    boolean isRude() {
        return ending == Ending.ABORT || ending == Ending.CLOSE_WHEN_SENT;
    }

    /** True where it was told why bytes are missing, or would have been with keepalive on. */
    boolean hasFailed() {
        return abandoned || failure != TcpFailure.NONE;
    }

    /** True where everything that the peer has was received. */
    boolean receivedAll() {
        return received == peer.toSend;
    }

    int received() {
        return received;
    }

    void check(final boolean condition, final String message) {
        if (!condition) {
            throw new AssertionError(message + ": " + this);
        }
    }

    @Override
    public String toString() {
        return name + " " + ending + " sent " + sent + "/" + toSend + " received " + received + "/" + peer.toSend
                + " chunk " + chunk + " pause " + pauseNs + (ready ? " ready" : "") + (outputShut ? " shut" : "")
                + (inputDone ? " eof" : "") + (letGo ? abandoned ? " abandoned" : " gone" : "")
                + (closed ? " closed" : "") + " " + failure
                + " state " + tcp.state(connection);
    }
}
