package io.millrace.bench.wire;

/** Who sends to whom. */
public enum Contender {
    KERNEL_TO_KERNEL("kernel → kernel", false, false),
    KERNEL_TO_MILLRACE("kernel → Millrace", false,
            true),
    MILLRACE_TO_KERNEL("Millrace → kernel", true,
            false),
    MILLRACE_TO_MILLRACE("Millrace → Millrace", true, true);

    private final String label;
    private final boolean millraceSends;
    private final boolean millraceReceives;

    Contender(final String label, final boolean millraceSends, final boolean millraceReceives) {
        this.label = label;
        this.millraceSends = millraceSends;
        this.millraceReceives = millraceReceives;
    }

    boolean millraceSends() {
        return millraceSends;
    }

    boolean millraceReceives() {
        return millraceReceives;
    }

    @Override
    public String toString() {
        return label;
    }
}
