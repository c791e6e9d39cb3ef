package io.millrace.nativeports.linux;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Runs what leaves its mark on a thread for good (another namespace, another processor) on one that ends then. */
public final class OwnThread {
    private OwnThread() {}

    /** What is done. */
    @FunctionalInterface
    public interface Task<T> {
        T run() throws IOException;
    }

    /**
     * Does it, and waits for it. What it throws, an Error among it, is thrown here as it is: who drives an engine tells
     * lost memory by it.
     *
     * @param name of the thread.
     */
    public static <T> T call(final String name, final Task<T> task) throws IOException {
        final CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                future.complete(task.run());
            } catch (final Throwable e) {
                future.completeExceptionally(e);
            }
        });
        try {
            return future.join();
        } catch (final CompletionException e) {
            switch (e.getCause()) {
                case final IOException failure -> throw failure;
                case final RuntimeException failure -> throw failure;
                case final Error failure -> throw failure;
                case null, default -> throw e;
            }
        }
    }
}
