package io.millrace.bench.compare.run;

/**
 * What {@code /proc/PID/stat} says of a process (proc_pid_stat(5)).
 *
 * @param parent its parent's number.
 * @param kernel whether it is a thread of the kernel.
 * @param ticks  processor time, user and system, of all its threads and of the children that it has waited for.
 */
record ProcessTime(long parent, boolean kernel, long ticks) {
    /** Of the flags of linux/sched.h. */
    private static final long PF_KTHREAD = 0x0020_0000;

    // Fields behind the name, which is in brackets and may hold anything.
    private static final int PPID = 1;
    private static final int FLAGS = 6;
    private static final int UTIME = 11;
    private static final int CSTIME = 14;

    static ProcessTime parse(final String line) {
        final String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int field = UTIME; field <= CSTIME; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return new ProcessTime(Long.parseLong(fields[PPID]), (Long.parseLong(fields[FLAGS]) & PF_KTHREAD) != 0, ticks);
    }
}
