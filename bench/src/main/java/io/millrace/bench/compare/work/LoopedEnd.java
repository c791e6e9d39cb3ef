package io.millrace.bench.compare.work;

import java.io.IOException;

/** An end whose connections live on one event loop: what clients and services have in common. Thread: one. */
abstract class LoopedEnd implements End {
    final LoopEnd end;

    LoopedEnd(final LoopEnd end) {
        this.end = end;
    }

    @Override
    public final void start() throws IOException {
        end.start();
    }

    @Override
    public final void stop() throws IOException {
        end.stop();
    }

    @Override
    public final Mark mark() throws IOException {
        return end.mark();
    }

    @Override
    public final void close() {
        end.close();
    }
}
