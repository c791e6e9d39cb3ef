package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import java.io.IOException;
import java.util.Set;

/**
 * A cell that is set up: both ends run, connected and warm, in processes of their own. Opened paused. Thread: the command's.
 */
public interface Arena extends AutoCloseable {
    /** What it measures. */
    Cell cell();

    /** Its processes, those of both ends: what they take is no disturbance. */
    Set<Long> pids();

    /**
     * Measures once. Running, not paused.
     *
     * @param ns as long as messages are counted; an arena that cannot be cut off may take another time.
     * @return with {@link io.millrace.bench.compare.result.Disturbance#NONE}: whoever asks sees to that.
     * @throws IOException where an end failed or is silent: what and why in one sentence.
     */
    Sample round(long ns) throws IOException;

    /** Lets its processes run, and makes them warm again. */
    void resume() throws IOException;

    /** Stops its processes (SIGSTOP): nothing of it takes a core until {@link #resume}. */
    void pause() throws IOException;

    /** Ends its processes, and takes back what it has set up. */
    @Override
    void close();
}
