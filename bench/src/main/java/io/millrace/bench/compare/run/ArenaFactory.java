package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Cell;
import java.io.IOException;

/** Sets cells up. Thread: the command's. */
public interface ArenaFactory {
    /**
     * Sets a cell up.
     *
     * @throws SkippedCellException where it cannot be measured here.
     * @throws IOException          where it should be possible, and failed.
     */
    Arena open(Cell cell) throws IOException, SkippedCellException;
}
