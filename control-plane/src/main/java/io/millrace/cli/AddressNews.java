package io.millrace.cli;

import io.millrace.Millrace;
import io.millrace.config.Cidr;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Says which addresses a stack uses whenever they change: leased, tried, advertised, removed. Thread: any. */
final class AddressNews implements Runnable {
    private final Millrace stack;
    private final Consumer<String> out;
    private List<Cidr> told;

    AddressNews(final Millrace stack, final Consumer<String> out) {
        this.stack = stack;
        this.out = out;
        told = stack.routes().current().addresses();
    }

    @Override
    public synchronized void run() {
        final List<Cidr> now = stack.routes().current().addresses();
        if (!now.equals(told) && !stack.isClosed()) {
            told = now;
            out.accept(now.isEmpty()
                    ? "no address"
                    : now.stream().map(Cidr::toString).collect(Collectors.joining(", ", "addresses ", "")));
        }
    }
}
