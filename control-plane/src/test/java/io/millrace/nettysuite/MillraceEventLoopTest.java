package io.millrace.nettysuite;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.MemoryLink;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** The loop of a group, which is to behave as any of Netty's. Each group has a stack of its own. */
class MillraceEventLoopTest extends AbstractSingleThreadEventLoopTest {
    private final List<SuiteStack> stacks = new ArrayList<>();

    @BeforeEach
    void skipWhatIsExcluded(final TestInfo test) {
        final String reason = Excluded.reason(getClass(), test.getTestMethod().orElseThrow(), null);
        assumeTrue(reason == null, reason);
    }

    @AfterEach
    void close() {
        stacks.forEach(SuiteStack::close);
    }

    @Override
    protected EventLoopGroup newEventLoopGroup() {
        final MemoryLink link = MemoryLink.builder().build();
        link.side(1).close();
        try {
            final SuiteStack stack = new SuiteStack("10.78.4.1", "fd78:4::1", link.side(0), Ground.threads("loop"));
            stacks.add(stack);
            return stack.side(Family.INET).group();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected EventLoopGroup newAutoScalingEventLoopGroup() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected Channel newChannel() {
        return new MillraceSocketChannel();
    }

    @Override
    protected Class<? extends ServerChannel> serverChannelClass() {
        return MillraceServerSocketChannel.class;
    }
}
