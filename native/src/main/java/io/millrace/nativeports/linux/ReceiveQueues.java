package io.millrace.nativeports.linux;

/**
 * The queues of an interface that receive, as its driver says.
 *
 * @param count    0 where it does not say.
 * @param combined true where each sends as well, as those of most NICs do; false where some receive and others send.
 */
public record ReceiveQueues(int count, boolean combined) {
    /** How many there are from one on, of so many that are wanted: all of them where the driver does not say. */
    public int from(final int first, final int wanted) {
        return count == 0 ? wanted : Math.min(wanted, count - first);
    }

    /** The command that gives the interface so many. */
    public String resize(final String name, final int queues) {
        return "ethtool -L " + name + (combined ? " combined " : " rx ") + queues;
    }

    /** The command that has flows arrive at so many of them alone; those before the first cannot be taken away. */
    public String confine(final String name, final int first, final int queues) {
        return first == 0 ? resize(name, queues) : "ethtool -X " + name + " start " + first + " equal " + queues;
    }
}
