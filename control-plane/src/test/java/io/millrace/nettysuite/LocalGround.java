package io.millrace.nettysuite;

import io.millrace.fastpath.port.MemoryLink;
import java.io.IOException;
import java.util.List;

/** One stack, whose link leads nowhere. */
final class LocalGround implements Ground {
    private final SuiteStack stack;

    LocalGround() throws IOException {
        final MemoryLink link = MemoryLink.builder().build();
        link.side(1).close();
        stack = new SuiteStack("10.78.2.1", "fd78:2::1", link.side(0), Ground.threads("local"));
    }

    @Override
    public Side server(final Pairing pairing, final Family family) {
        return stack.side(family);
    }

    @Override
    public Side client(final Pairing pairing, final Family family) {
        return stack.side(family);
    }

    @Override
    public List<SuiteStack> stacks() {
        return List.of(stack);
    }

    @Override
    public void close() {
        stack.close();
    }
}
