package io.millrace.bench.compare.run;

/**
 * What {@code /proc/PID/stat} says of a process (proc_pid_stat(5)).
 *
 * @param parent its parent's number.
 * @param kernel whether it is a thread of the kernel.
 * @param own    processor time, user and system, of all its threads, ticks.
 * @param waited that of the children that it has waited for, and of theirs.
 */
record ProcessTime(long parent, boolean kernel, long own, long waited) {
    /** Of the flags of linux/sched.h. */
    private static final long PF_KTHREAD = 0x0020_0000;

    // Fields behind the name, which is in brackets and may hold anything.
    private static final int PPID = 1;
    private static final int FLAGS = 6;
    private static final int UTIME = 11;
    private static final int CUTIME = 13;

    static ProcessTime parse(final String line) {
        final String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return new ProcessTime(Long.parseLong(fields[PPID]), (Long.parseLong(fields[FLAGS]) & PF_KTHREAD) != 0,
                sum(fields, UTIME), sum(fields, CUTIME));
    }

    /** Of a user time and the system time behind it. */
    private static long sum(final String[] fields, final int user) {
        return Long.parseLong(fields[user]) + Long.parseLong(fields[user + 1]);
    }
}
