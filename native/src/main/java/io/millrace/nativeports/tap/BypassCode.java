package io.millrace.nativeports.tap;

import io.millrace.nativeports.linux.Bpf;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfCode.Label;
import io.millrace.nativeports.linux.BpfMemory;

/**
 * Where what is in the memory that a program of the kernel shares with {@link BypassRing}, and that program: asked by the
 * device for each frame that it is to put into a queue, it copies the frame into the ring of the queue and says that the
 * frame be dropped. What it leaves to the queue it counts, and once the queue has one, it leaves it the next ones too, until
 * they have been read: so frames that one processor sends keep their order. Left are long ones, segments that stand for
 * several, those with a VLAN's tag beside them, those that find the ring full or meet another processor's, and all of them while
 * the engine sleeps, since the ring wakes nobody.
 *
 * <pre>
 *   0          128     256           384       4096                                        4096 + SLOTS slots
 *   +----------+-------+-------------+---------+------+------+--  a frame: 8 bytes of     --+--------------+
 *   | produced | queued| awake, taken| consumed| slot | slot |    state, 8 that are free,   | rest of what |
 *   +----------+-------+-------------+---------+------+------+--  and what it consists of --+ begins before|
 * </pre>
 *
 * Each group is written by one side, and those that are written at different times lie apart. A frame has as many slots as it
 * needs, without a gap between them, so that acknowledgments of a whole window find room. Its state is the number of its first slot
 * from the beginning, plus one, and in the lower 16 bits its length, with a further bit where it is none after all. Thread: one.
 */
final class BypassCode {
    /** How many slots there are, and so of the shortest frames: a power of two. */
    static final int SLOTS = 4_096;
    /** Bytes of a slot: one holds an acknowledgment, also of IPv6 with options. */
    static final int SLOT_SHIFT = 7;
    static final int FRAME_OFFSET = 16;
    /** The most slots of a frame: also one of 1,500 bytes has fewer. */
    static final int MOST_SLOTS = 16;
    /** Bytes of the longest frame. */
    static final int LONGEST = (MOST_SLOTS << SLOT_SHIFT) - FRAME_OFFSET;

    /** By the program: how many slots have been claimed, and a number of consumed ones that was right some time ago. */
    static final int PRODUCED = 0;
    static final int CACHED = 8;
    /** By the program: how many frames went to the queue. */
    static final int QUEUED = 128;
    /** By the engine: 0 while it sleeps; how many of the queued ones it has. */
    static final int AWAKE = 256;
    static final int TAKEN = 264;
    /** By the engine: how many slots are free again. */
    static final int CONSUMED = 384;
    static final int FIRST_SLOT = 4_096;
    /** Bytes of all that, a multiple of the page. */
    static final int LENGTH = FIRST_SLOT + (SLOTS << SLOT_SHIFT) + 4_096;
    static final int LENGTH_BITS = 16;
    /** Of a state: slots were claimed, and hold no frame. */
    static final int ABANDONED = 1 << LENGTH_BITS - 1;

    private final BpfCode code = new BpfCode();
    private final BpfMemory memory;
    private final Label queue = new Label();
    private final Label abandoned = new Label();

    private final int longest;

    private BypassCode(final BpfMemory memory, final int longest) {
        this.memory = memory;
        this.longest = longest;
    }

    /**
     * The program.
     *
     * @param memory  of so many rings.
     * @param rings   of the first queues; the others are left alone.
     * @param longest bytes of a frame for the ring, at most {@link #LONGEST}; longer ones go to the queue.
     */
    static BpfCode of(final BpfMemory memory, final int rings, final int longest) {
        final BypassCode writer = new BypassCode(memory, longest);
        writer.writeRing(rings);
        writer.writeChoice();
        writer.writeClaim();
        writer.writeCopy();
        writer.writeQueue();
        return writer.code;
    }

    /** Leaves the frame's length in R7 and the ring in R8. */
    private void writeRing(final int rings) {
        final Label ours = new Label();
        code.loadWord(BpfCode.R7, BpfCode.R6, Bpf.SKB_LENGTH).loadWord(BpfCode.R1, BpfCode.R6, Bpf.SKB_QUEUE)
                .jumpIfBelow(BpfCode.R1, rings, ours).moveRegister(BpfCode.R0, BpfCode.R7).exit().land(ours)
                .multiply32(BpfCode.R1, LENGTH).point(BpfCode.R8, memory, 0).addRegister(BpfCode.R8, BpfCode.R1);
    }

    /** Goes on where the frame is one for the ring. */
    private void writeChoice() {
        final Label shortEnough = new Label();
        code.jumpIfBelow(BpfCode.R7, longest + 1, shortEnough).jump(queue).land(shortEnough)
                .jumpIfEqual(BpfCode.R7, 0, queue)
                .loadWord(BpfCode.R1, BpfCode.R6, Bpf.SKB_VLAN_PRESENT).jumpIfNotEqual(BpfCode.R1, 0, queue)
                .loadWord(BpfCode.R1, BpfCode.R6, Bpf.SKB_GSO_SIZE).jumpIfNotEqual(BpfCode.R1, 0, queue)
                .loadDouble(BpfCode.R1, BpfCode.R8, AWAKE).jumpIfEqual(BpfCode.R1, 0, queue)
                .loadDouble(BpfCode.R1, BpfCode.R8, TAKEN).loadDouble(BpfCode.R2, BpfCode.R8, QUEUED)
                .jumpIfNotEqualRegister(BpfCode.R1, BpfCode.R2, queue);
    }

    /** Leaves the first slot's number in R9. */
    private void writeClaim() {
        final Label room = new Label();
        code.loadDouble(BpfCode.R9, BpfCode.R8, PRODUCED).moveRegister(BpfCode.R3, BpfCode.R7)
                .add(BpfCode.R3, FRAME_OFFSET + (1 << SLOT_SHIFT) - 1).shiftRight(BpfCode.R3, SLOT_SHIFT)
                .addRegister(BpfCode.R3, BpfCode.R9)
                .loadDouble(BpfCode.R1, BpfCode.R8, CACHED)
                .moveRegister(BpfCode.R2, BpfCode.R3).subtractRegister(BpfCode.R2, BpfCode.R1)
                .jumpIfBelow(BpfCode.R2, SLOTS + 1, room)
                .loadDouble(BpfCode.R1, BpfCode.R8, CONSUMED).storeDouble(BpfCode.R8, CACHED, BpfCode.R1)
                .moveRegister(BpfCode.R2, BpfCode.R3).subtractRegister(BpfCode.R2, BpfCode.R1)
                .jumpIfBelow(BpfCode.R2, SLOTS + 1, room).jump(queue).land(room)
                .moveRegister(BpfCode.R0, BpfCode.R9)
                .compareAndExchange(BpfCode.R8, PRODUCED, BpfCode.R3)
                .jumpIfNotEqualRegister(BpfCode.R0, BpfCode.R9, queue)
                // who goes to sleep says so, then looks at what is claimed; here it is the other way round
                .loadDouble(BpfCode.R1, BpfCode.R8, AWAKE).jumpIfEqual(BpfCode.R1, 0, abandoned);
    }

    private void writeCopy() {
        writeSlot(BpfCode.R3);
        code.add(BpfCode.R3, FRAME_OFFSET).moveRegister(BpfCode.R1, BpfCode.R6).move(BpfCode.R2, 0)
                .moveRegister(BpfCode.R4, BpfCode.R7).call(Bpf.FUNC_SKB_LOAD_BYTES)
                .jumpIfNotEqual(BpfCode.R0, 0, abandoned);
        writeSlot(BpfCode.R1);
        code.add(BpfCode.R9, 1).shiftLeft(BpfCode.R9, LENGTH_BITS).orRegister(BpfCode.R9, BpfCode.R7)
                .storeDoubleRelease(BpfCode.R1, 0, BpfCode.R9).move(BpfCode.R0, 0).exit();
    }

    private void writeQueue() {
        code.land(abandoned);
        writeSlot(BpfCode.R1);
        code.add(BpfCode.R9, 1).shiftLeft(BpfCode.R9, LENGTH_BITS).orRegister(BpfCode.R9, BpfCode.R7)
                .add(BpfCode.R9, ABANDONED).storeDoubleRelease(BpfCode.R1, 0, BpfCode.R9)
                .land(queue).move(BpfCode.R2, 1).moveRegister(BpfCode.R1, BpfCode.R8).add(BpfCode.R1, QUEUED)
                .addAtomically(BpfCode.R1, BpfCode.R2).moveRegister(BpfCode.R0, BpfCode.R7).exit();
    }

    /** How many slots a frame of so many bytes has. */
    static int slots(final int length) {
        return length + FRAME_OFFSET + (1 << SLOT_SHIFT) - 1 >> SLOT_SHIFT;
    }

    /** The register points to the slot of R9. */
    private void writeSlot(final int register) {
        code.moveRegister(register, BpfCode.R9).and(register, SLOTS - 1).shiftLeft(register, SLOT_SHIFT)
                .addRegister(register, BpfCode.R8).add(register, FIRST_SLOT);
    }
}
