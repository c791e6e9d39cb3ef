package io.millrace.bench.compare.result;

/** Where the two ends are. */
public enum Placement {
    /** No transport around it: an engine, or two, driven by the measurement itself (JMH). */
    ENGINE("engine only"),
    /** Both ends in one JVM on one event loop. */
    ONE_LOOP("one loop"),
    /** Both ends in one JVM, an event loop each. */
    TWO_LOOPS("two loops"),
    /** A process each on one host: shared memory, or the kernel's loopback. */
    PROCESSES("two processes"),
    /** A namespace each, with the kernel's client as the fixed partner; veth and TAP with segmentation offload. */
    NAMESPACES("namespaces"),
    /** The same with MTU 1500 and no offload on either side. */
    NAMESPACES_PLAIN("namespaces, no offloads");

    private final String text;

    Placement(final String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
