package io.millrace.nettysuite;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.extension.InvocationInterceptor.Invocation;

/** What pairings run on: made for the first test that needs it, closed after the last test of the run. Thread: any. */
interface Ground extends AutoCloseable {
    Side server(Pairing pairing, Family family);

    Side client(Pairing pairing, Family family);

    List<SuiteStack> stacks();

    @Override
    void close();

    /** Runs a test where the sockets that it makes itself reach the stack. */
    default void run(final Invocation<Void> test) throws Throwable {
        test.proceed();
    }

    /** Other tests take a thread whose name begins with "millrace" for one that they left behind. */
    static ThreadFactory threads(final String name) {
        return new DefaultThreadFactory("netty-suite-" + name, true);
    }
}
