package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the header says of a side: for people, and how many processes it has had. Written by who attaches, whom a lock
 * keeps alone.
 */
final class SideInfo {
    /** Field 22 of proc(5)'s stat, counted from behind the name, which may have blanks. */
    private static final int START_TIME = 22 - 3;

    private final long address;

    /** @param header address of the file's beginning. */
    SideInfo(final long header, final int side) {
        address = header + ShmLayout.SIDES + (long) side * ShmLayout.SIDE_LENGTH;
    }

    /** This process has the side now; returns its generation, which is never 0. */
    long take(final long mac) {
        final long generation = Math.max(1, Memory.getLong(address + ShmLayout.SIDE_GENERATION) + 1);
        Memory.putLong(address + ShmLayout.SIDE_PID, ProcessHandle.current().pid());
        Memory.putLong(address + ShmLayout.SIDE_START_TIME, startTime());
        Memory.putLong(address + ShmLayout.SIDE_MAC, mac);
        Memory.putLong(address + ShmLayout.SIDE_GENERATION, generation);
        return generation;
    }

    /** E.g. {@code process 123}; the number is of the namespace of that process. */
    @Override
    public String toString() {
        return "process " + Memory.getLong(address + ShmLayout.SIDE_PID);
    }

    /** In ticks since the machine started; 0 where the system does not say. */
    private static long startTime() {
        try {
            final String stat = Files.readString(Path.of("/proc/self/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME]);
        } catch (final IOException | RuntimeException e) {
            return 0;
        }
    }
}
