package io.millrace.bench.wire;

/** Who sends to whom. */
public enum Contender {
    KERNEL_TO_KERNEL("kernel → kernel"),
    KERNEL_TO_MILLRACE("kernel → Millrace"),
    MILLRACE_TO_KERNEL("Millrace → kernel"),
    MILLRACE_TO_MILLRACE("Millrace → Millrace");

    private final String label;

    Contender(final String label) {
        this.label = label;
    }

    boolean millraceSends() {
        return this == MILLRACE_TO_KERNEL || this == MILLRACE_TO_MILLRACE;
    }

    boolean millraceReceives() {
        return this == KERNEL_TO_MILLRACE || this == MILLRACE_TO_MILLRACE;
    }

    @Override
    public String toString() {
        return label;
    }
}
