package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.script.Event.CallEvent;
import io.millrace.fastpath.testing.script.Event.CodeEvent;
import io.millrace.fastpath.testing.script.Event.CommandEvent;
import io.millrace.fastpath.testing.script.Event.PacketEvent;
import io.millrace.fastpath.testing.script.Outbox.Sent;
import io.millrace.fastpath.testing.script.PacketSpec.Icmp;
import io.millrace.fastpath.testing.script.PacketSpec.Tcp;
import io.millrace.fastpath.testing.socket.SocketDriver;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Runs one script against a stack of its own, over the family it names, else the present one. Times are those of the script, in nanoseconds. Thread: one. */
final class ScriptRunner implements AutoCloseable {
    private static final long WHENEVER_NS = 100L * 3_600 * 1_000_000_000;

    private final Script script;
    private final boolean strict;
    private final Configuration configuration;
    private final Family familyBefore;
    private final SocketDriver stack;
    private final long startNs;
    private final Trace trace = new Trace();
    private final Outbox outbox;
    private final Flows flows;
    private final Descriptors descriptors;
    private final RunningCalls calls;
    private long previousNs;
    private int line;

    /** @param strict whether what is sent after the last packet that is expected must be expected as well. */
    ScriptRunner(final Script script, final boolean strict) {
        this.script = script;
        this.strict = strict;
        configuration = Configuration.of(script);
        familyBefore = Family.current();
        Family.use(Objects.requireNonNullElse(configuration.family(), familyBefore));
        stack = new SocketDriver(configuration.setup());
        startNs = stack.nowNs();
        outbox = new Outbox(stack, startNs);
        flows = new Flows(stack, configuration);
        descriptors = new Descriptors(stack);
        calls = new RunningCalls(new SystemCalls(stack, configuration, descriptors), startNs,
                configuration.toleranceNs(), trace);
    }

    /**
     * @throws ScriptFailure where the stack does something else than the script says.
     */
    void run() {
        try {
            for (int index = 0; index < script.events().size(); index++) {
                line = script.events().get(index).line();
                step(index);
            }
            finish();
        } catch (final Mismatch e) {
            throw failure(e.line == 0 ? line : e.line, e.getMessage());
        } catch (final IllegalArgumentException | ClassCastException e) {
            throw failure(line, e.getMessage());
        }
    }

    private ScriptFailure failure(final int where, final String problem) {
        while (!outbox.isEmpty()) {
            record(outbox.take(), "  // nobody asked for this");
        }
        return new ScriptFailure(script.file(), where, problem, trace);
    }

    private void record(final Sent sent, final String remark) {
        trace.add(sent.timeNs(), "> " + flows.ofOutbound(sent.segment()).shown(sent.segment()) + remark);
    }

    private void step(final int index) {
        final Event event = script.events().get(index);
        final When when = event.when();
        final long fromNs = when.baseNs(previousNs) + when.fromNs();
        if (event instanceof PacketEvent packet && !packet.inbound()) {
            final long sentNs = expect((Tcp) packet.packet(), when, fromNs);
            previousNs = when.isOpen() ? sentNs : fromNs;
            return;
        }
        if (!when.any()) {
            advanceTo(fromNs);
        }
        requireNoStray(index);
        act(event, when);
        previousNs = when.isOpen() ? nowNs() : fromNs;
        calls.check(nowNs());
    }

    private void act(final Event event, final When when) {
        switch (event) {
            case PacketEvent packet -> inject(packet.packet());
            case CallEvent call -> {
                if (call.name().equals("connect")) {
                    flows.onConnect();
                }
                calls.start(call, when.baseNs(previousNs), nowNs());
            }
            case CommandEvent command -> {
                if (!Commands.isIgnored(command.command())) {
                    throw new Mismatch("`" + command.command() + "`: settings cannot change while a script runs");
                }
            }
            case CodeEvent code -> new Facts(stack, descriptors).check(code.code());
        }
    }

    private long nowNs() {
        return stack.nowNs() - startNs;
    }

    private void advanceTo(final long untilNs) {
        if (untilNs > nowNs()) {
            stack.advanceTo(startNs + untilNs);
            calls.check(nowNs());
        }
    }

    private void inject(final PacketSpec packet) {
        final byte[] bytes = switch (packet) {
            case Tcp tcp -> {
                final Segment segment = flows.inbound(tcp, calls.listenPort());
                trace.add(nowNs(), "< " + new SegmentText(tcp));
                yield SegmentCodec.encode(segment);
            }
            case Icmp icmp -> {
                trace.add(nowNs(), "< [" + icmp.seq() + ":" + (icmp.seq() + icmp.length()) + "(" + icmp.length()
                        + ")] icmp type " + icmp.type() + " code " + icmp.code() + " mtu " + icmp.mtu());
                yield flows.inbound(icmp);
            }
        };
        stack.inject(bytes);
    }

    /** Fails where a packet was sent that no event to come can ask for, in its time. */
    private void requireNoStray(final int index) {
        if (outbox.isEmpty() || outbox.peek().timeNs() >= nowNs() - configuration.toleranceNs()) {
            return;
        }
        final Optional<Event> next = script.events().subList(index, script.events().size()).stream()
                .filter(event -> event instanceof PacketEvent packet && !packet.inbound()).findFirst();
        if (next.isEmpty() ? strict : !next.get().when().isOpen()) {
            throw new Mismatch("unexpected packet at " + Trace.time(outbox.peek().timeNs()));
        }
    }

    /** Awaits a packet and compares it; returns when it was sent. */
    private long expect(final Tcp expected, final When when, final long fromNs) {
        final long toNs = when.any() ? nowNs() + WHENEVER_NS : fromNs + when.toNs() - when.fromNs();
        await(toNs + configuration.toleranceNs());
        final String text = "\n  expected: " + Trace.time(fromNs) + " > " + new SegmentText(expected);
        if (outbox.isEmpty()) {
            throw new Mismatch("expected a packet, none came" + text);
        }
        final Sent sent = outbox.takeUpTo(expected.length());
        final Flow flow = flows.ofOutbound(sent.segment());
        flow.learn(expected, sent.segment());
        record(sent, "");
        final Segment actual = flow.numbered(sent.segment());
        final List<String> problems = differences(expected, sent, actual);
        if (!when.any() && !isInTime(sent.timeNs(), fromNs, toNs)) {
            problems.add("time " + Trace.time(sent.timeNs()));
        }
        if (!problems.isEmpty()) {
            throw new Mismatch("a packet differs: " + String.join(", ", problems) + text + "\n  actual:   "
                    + Trace.time(sent.timeNs()) + " > " + actual);
        }
        return sent.timeNs();
    }

    /** Lets time pass, timer by timer, until something is sent. */
    private void await(final long limitNs) {
        while (outbox.isEmpty() && stack.nextTimerNs() != Long.MAX_VALUE
                && stack.nextTimerNs() - startNs <= limitNs) {
            advanceTo(Math.max(nowNs(), stack.nextTimerNs() - startNs));
        }
    }

    private boolean isInTime(final long sentNs, final long fromNs, final long toNs) {
        final long toleranceNs = configuration.toleranceNs();
        return sentNs >= fromNs - toleranceNs && sentNs <= toNs + toleranceNs;
    }

    private List<String> differences(final Tcp expected, final Sent sent, final Segment actual) {
        final List<String> problems = SegmentMatcher.differences(expected, actual,
                configuration.timestampTolerance());
        final String misdirected = flows.misdirected(expected, sent.segment());
        if (misdirected != null) {
            problems.add(misdirected);
        }
        if (problems.isEmpty() && calls.isPatternOnly() && !flows.ofOutbound(sent.segment()).holdsStream(actual)) {
            problems.add("bytes that were not written at this place of the stream");
        }
        return problems;
    }

    private void finish() {
        advanceTo(calls.lastEndNs());
        calls.requireNone();
        if (strict && !outbox.isEmpty()) {
            throw new Mismatch("unexpected packet after the last event");
        }
    }

    @Override
    public void close() {
        Family.use(familyBefore);
        stack.close();
    }
}
