package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes instructions of the kernel's virtual machine (RFC 9669), eight bytes each, for a program that sees packets. R6 holds
 * the context all the time, as instructions that read the packet want it; they leave what they read, in host byte order,
 * in R0, destroy R1 to R5, and end the program with result 0 where the packet is too short. Thread: one.
 */
public final class BpfCode {
    public static final int R0 = 0;
    public static final int R1 = 1;
    public static final int R2 = 2;
    public static final int R3 = 3;
    public static final int R4 = 4;
    public static final int R6 = 6;
    public static final int R7 = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;

    public static final int BYTE = 0x10;
    public static final int HALF = 0x08;
    public static final int WORD = 0x00;

    /** {@code sizeof(struct bpf_insn)}. */
    public static final int INSTRUCTION_LENGTH = 8;

    private static final boolean X86 = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));

    private static final int LOAD_ABSOLUTE = 0x20;
    private static final int LOAD_INDIRECT = 0x40;
    private static final int MOVE_CONSTANT = 0xb7;
    private static final int MOVE_REGISTER = 0xbf;
    private static final int ADD_CONSTANT = 0x07;
    private static final int ADD_REGISTER = 0x0f;
    private static final int AND_CONSTANT = 0x57;
    private static final int SHIFT_LEFT = 0x67;
    private static final int JUMP_ALWAYS = 0x05;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_NOT_EQUAL = 0x55;
    private static final int JUMP_EQUAL_32 = 0x16;
    private static final int JUMP_NOT_EQUAL_32 = 0x56;
    private static final int JUMP_BELOW = 0xa5;
    private static final int JUMP_BELOW_REGISTER = 0xad;
    private static final int JUMP_ANY_BIT = 0x45;
    private static final int MULTIPLY_CONSTANT_32 = 0x24;
    private static final int ADD_REGISTER_32 = 0x0c;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int SHIFT_RIGHT_BY_REGISTER = 0x7f;
    private static final int JUMP_NOT_EQUAL_REGISTER = 0x5d;
    private static final int SUBTRACT_REGISTER = 0x1f;
    private static final int OR_REGISTER = 0x4f;
    private static final int LOAD_64_BITS = 0x18;
    private static final int LOAD_WORD = 0x61;
    private static final int LOAD_BYTE = 0x71;
    private static final int LOAD_HALF = 0x69;
    private static final int LOAD_DOUBLE = 0x79;
    private static final int STORE_DOUBLE = 0x7b;
    /** Of eight bytes; which one the constant says. */
    private static final int ATOMIC = 0xdb;
    private static final int EXCHANGE = 0xe1;
    private static final int COMPARE_EXCHANGE = 0xf1;
    private static final int CALL = 0x85;
    private static final int XOR_REGISTER = 0xaf;
    private static final int MODULO_CONSTANT = 0x97;
    private static final int EXIT = 0x95;
    private static final int OFFSET_SHIFT = 16;
    private static final int CONSTANT_SHIFT = 32;

    private final List<Long> instructions = new ArrayList<>();

    /** Begins with R6 as the context. */
    public BpfCode() {
        moveRegister(R6, R1);
    }

    /** A place that jumps lead to, forwards only. */
    public static final class Label {
        private final List<Integer> jumps = new ArrayList<>();

        public Label() {}
    }

    /** R0 = so many bytes ({@link #BYTE}...) of the packet at an offset from its beginning. */
    public BpfCode load(final int size, final int offset) {
        return add(LOAD_ABSOLUTE | size, 0, 0, offset);
    }

    /** R0 = so many bytes of the packet at the offset that a register has, plus another. */
    public BpfCode load(final int size, final int register, final int offset) {
        return add(LOAD_INDIRECT | size, 0, register, offset);
    }

    public BpfCode move(final int register, final int constant) {
        return add(MOVE_CONSTANT, register, 0, constant);
    }

    public BpfCode moveRegister(final int register, final int source) {
        return add(MOVE_REGISTER, register, source, 0);
    }

    public BpfCode add(final int register, final int constant) {
        return add(ADD_CONSTANT, register, 0, constant);
    }

    public BpfCode addRegister(final int register, final int source) {
        return add(ADD_REGISTER, register, source, 0);
    }

    public BpfCode and(final int register, final int constant) {
        return add(AND_CONSTANT, register, 0, constant);
    }

    public BpfCode shiftLeft(final int register, final int bits) {
        return add(SHIFT_LEFT, register, 0, bits);
    }

    /** Logical. */
    public BpfCode shiftRight(final int register, final int bits) {
        return add(SHIFT_RIGHT, register, 0, bits);
    }

    /** Logical, by the lower 6 bits of another register. */
    public BpfCode shiftRightByRegister(final int register, final int by) {
        return add(SHIFT_RIGHT_BY_REGISTER, register, by, 0);
    }

    /** Of the lower 32 bits; the upper ones become 0. */
    public BpfCode multiply32(final int register, final int constant) {
        return add(MULTIPLY_CONSTANT_32, register, 0, constant);
    }

    /** Of the lower 32 bits; the upper ones become 0. */
    public BpfCode addRegister32(final int register, final int source) {
        return add(ADD_REGISTER_32, register, source, 0);
    }

    public BpfCode jump(final Label target) {
        return jump(JUMP_ALWAYS, 0, 0, target);
    }

    public BpfCode jumpIfEqual(final int register, final int constant, final Label target) {
        return jump(JUMP_EQUAL, register, constant, target);
    }

    public BpfCode jumpIfNotEqual(final int register, final int constant, final Label target) {
        return jump(JUMP_NOT_EQUAL, register, constant, target);
    }

    /** Compares the lower 32 bits: for words whose highest bit may be set. */
    public BpfCode jumpIfEqual32(final int register, final int constant, final Label target) {
        return jump(JUMP_EQUAL_32, register, constant, target);
    }

    /** Compares the lower 32 bits. */
    public BpfCode jumpIfNotEqual32(final int register, final int constant, final Label target) {
        return jump(JUMP_NOT_EQUAL_32, register, constant, target);
    }

    /** Unsigned. */
    public BpfCode jumpIfBelow(final int register, final int constant, final Label target) {
        return jump(JUMP_BELOW, register, constant, target);
    }

    /** Unsigned. */
    public BpfCode jumpIfBelowRegister(final int register, final int other, final Label target) {
        target.jumps.add(instructions.size());
        return add(JUMP_BELOW_REGISTER, register, other, 0);
    }

    public BpfCode jumpIfNotEqualRegister(final int register, final int other, final Label target) {
        target.jumps.add(instructions.size());
        return add(JUMP_NOT_EQUAL_REGISTER, register, other, 0);
    }

    /** Jumps where register and constant have a bit in common. */
    public BpfCode jumpIfAny(final int register, final int constant, final Label target) {
        return jump(JUMP_ANY_BIT, register, constant, target);
    }

    /** The register points to a byte of the memory. */
    public BpfCode point(final int register, final BpfMemory memory, final int offset) {
        add(LOAD_64_BITS, register, Bpf.PSEUDO_MAP_VALUE, memory.descriptor());
        return add(0, 0, 0, offset);
    }

    /** Adds what a register has to eight bytes that another points to, at once for every processor. */
    public BpfCode addAtomically(final int pointer, final int register) {
        return add(ATOMIC, pointer, register, 0);
    }

    /** The register gets the four bytes that another points to. */
    public BpfCode loadWord(final int register, final int pointer) {
        return loadWord(register, pointer, 0);
    }

    /** The register gets the four bytes that lie so far behind what another points to. */
    public BpfCode loadWord(final int register, final int pointer, final int offset) {
        instructions.add(LOAD_WORD | (long) register << 8 | (long) pointer << 12 | (long) offset << OFFSET_SHIFT);
        return this;
    }

    /** The same with two bytes, in host byte order. */
    public BpfCode loadHalf(final int register, final int pointer, final int offset) {
        instructions.add(LOAD_HALF | (long) register << 8 | (long) pointer << 12 | (long) offset << OFFSET_SHIFT);
        return this;
    }

    /** The same with one byte. */
    public BpfCode loadByte(final int register, final int pointer, final int offset) {
        instructions.add(LOAD_BYTE | (long) register << 8 | (long) pointer << 12 | (long) offset << OFFSET_SHIFT);
        return this;
    }

    /** The register stands for a map, as functions want it. */
    public BpfCode map(final int register, final int descriptor) {
        add(LOAD_64_BITS, register, Bpf.PSEUDO_MAP_FD, descriptor);
        return add(0, 0, 0, 0);
    }

    /** Calls a function of the kernel with R1 to R5, which it destroys; R0 is its result. */
    public BpfCode call(final int function) {
        return add(CALL, 0, 0, function);
    }

    /** The register gets the eight bytes that lie so far behind what another points to. */
    public BpfCode loadDouble(final int register, final int pointer, final int offset) {
        return addAt(LOAD_DOUBLE, register, pointer, offset, 0);
    }

    /** The eight bytes that lie so far behind what a register points to become what another has. */
    public BpfCode storeDouble(final int pointer, final int offset, final int register) {
        return addAt(STORE_DOUBLE, pointer, register, offset, 0);
    }

    /** The same; who sees them sees everything that was stored before. */
    public BpfCode storeDoubleRelease(final int pointer, final int offset, final int register) {
        // x86 keeps stores in their order, and an exchange would wait for all of them
        return X86 ? storeDouble(pointer, offset, register) : addAt(ATOMIC, pointer, register, offset, EXCHANGE);
    }

    /**
     * The eight bytes that lie so far behind what a register points to become what another has, where they are what R0 has; R0
     * becomes what they were. A full fence (Linux 5.12).
     */
    public BpfCode compareAndExchange(final int pointer, final int offset, final int register) {
        return addAt(ATOMIC, pointer, register, offset, COMPARE_EXCHANGE);
    }

    public BpfCode subtractRegister(final int register, final int source) {
        return add(SUBTRACT_REGISTER, register, source, 0);
    }

    public BpfCode orRegister(final int register, final int source) {
        return add(OR_REGISTER, register, source, 0);
    }

    /** Adds without carry. */
    public BpfCode xorRegister(final int register, final int source) {
        return add(XOR_REGISTER, register, source, 0);
    }

    /** The register's rest where it is divided by a constant, unsigned. */
    public BpfCode modulo(final int register, final int constant) {
        return add(MODULO_CONSTANT, register, 0, constant);
    }

    /** Ends the program with the result R0. */
    public BpfCode exit() {
        return add(EXIT, 0, 0, 0);
    }

    /** Jumps to the label, all of them written before, lead here. */
    public BpfCode land(final Label label) {
        for (final int jump : label.jumps) {
            final long distance = instructions.size() - jump - 1L;
            instructions.set(jump, instructions.get(jump) | distance << OFFSET_SHIFT);
        }
        return this;
    }

    /** How many instructions there are. */
    public int length() {
        return instructions.size();
    }

    /** The instructions in memory that the caller closes. */
    public MemoryRegion toMemory() {
        final MemoryRegion memory = MemoryRegion.allocate("program", (long) length() * INSTRUCTION_LENGTH);
        for (int i = 0; i < length(); i++) {
            Memory.putLong(memory.address() + (long) i * INSTRUCTION_LENGTH, instructions.get(i));
        }
        return memory;
    }

    private BpfCode jump(final int code, final int register, final int constant, final Label target) {
        target.jumps.add(instructions.size());
        return add(code, register, 0, constant);
    }

    private BpfCode addAt(final int code, final int destination, final int source, final int offset,
            final int constant) {
        instructions.add(code | (long) destination << 8 | (long) source << 12 | (long) offset << OFFSET_SHIFT
                | (long) constant << CONSTANT_SHIFT);
        return this;
    }

    private BpfCode add(final int code, final int destination, final int source, final int constant) {
        instructions.add(code | (long) destination << 8 | (long) source << 12 | (long) constant << CONSTANT_SHIFT);
        return this;
    }
}
