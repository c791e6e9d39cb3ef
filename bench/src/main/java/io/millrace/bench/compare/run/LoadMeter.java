package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Disturbance;
import java.io.IOException;
import java.util.Set;

/** Tells what else the machine did. Thread: the command's. */
public interface LoadMeter {
    /** From here on. */
    void begin() throws IOException;

    /**
     * Up to here.
     *
     * @param ours processes whose load is no disturbance; nor is that of their descendants.
     */
    Disturbance end(Set<Long> ours) throws IOException;
}
