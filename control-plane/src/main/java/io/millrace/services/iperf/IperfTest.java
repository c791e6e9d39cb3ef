package io.millrace.services.iperf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A test and its streams, which may belong to other event loops than its control connection. Thread: any. */
final class IperfTest {
    private final String cookie;
    private final List<StreamHandler> streams = new ArrayList<>();
    private @Nullable Settings settings;
    private @Nullable Runnable whenAllJoined;
    private int joined;
    private boolean ended;

    IperfTest(final String cookie) {
        this.cookie = cookie;
    }

    String cookie() {
        return cookie;
    }

    /** Lets streams in. @param allJoined runs on the thread of the last of them. */
    synchronized void expect(final Settings wanted, final Runnable allJoined) {
        settings = wanted;
        whenAllJoined = allJoined;
    }

    /** False where it is none too many, or too early, or too late. */
    synchronized boolean add(final StreamHandler stream) {
        if (ended || settings == null || streams.size() == settings.connections()) {
            return false;
        }
        stream.settings(settings, settings.isToClient(streams.size()));
        streams.add(stream);
        return true;
    }

    /** A stream that was added is in its channel's pipeline. */
    void onJoined() {
        final Runnable then;
        synchronized (this) {
            joined++;
            then = settings != null && joined == settings.connections() ? whenAllJoined : null;
        }
        if (then != null) {
            then.run();
        }
    }

    /** In the order in which they came. */
    synchronized List<StreamHandler> streams() {
        return List.copyOf(streams);
    }

    /** Lets no more streams in; closes those that there are. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        streams().forEach(StreamHandler::close);
    }
}
