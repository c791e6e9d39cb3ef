package io.millrace.services.iperf;

import io.millrace.fastpath.netty.MillraceChannelOption;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The control connection of a test: parameters, streams, the test, results. Its end is the end of the streams. */
final class ControlHandler extends ByteToMessageDecoder {
    /** So long nothing may happen on any connection of the test. */
    private static final int PATIENCE_SECONDS = 60;

    private enum Stage {
        PARAMETERS,
        STREAMS,
        RUNNING,
        COUNTING,
        RESULTS,
        DONE
    }

    private final IperfService service;
    private final IperfTest test;
    private final CpuUse cpu = new CpuUse();
    private Stage stage = Stage.PARAMETERS;
    private List<StreamHandler> streams = List.of();
    private List<StreamHandler.Result> results = List.of();
    private long startNs;
    private long endNs;
    private long seen = -1;
    private @Nullable ScheduledFuture<?> watch;
    private @Nullable ScheduledFuture<?> omission;

    ControlHandler(final IperfService service, final IperfTest test) {
        this.service = service;
        this.test = test;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext context) {
        watch = context.executor().scheduleAtFixedRate(() -> watch(context), PATIENCE_SECONDS, PATIENCE_SECONDS,
                TimeUnit.SECONDS);
        say(context, State.PARAM_EXCHANGE);
    }

    /** Who moves nothing for so long has gone, and others wait. */
    private void watch(final ChannelHandlerContext context) {
        final long now = stage.ordinal() + streams.stream().mapToLong(StreamHandler::bytes).sum();
        if (now == seen) {
            context.close();
        }
        seen = now;
    }

    @Override
    protected void decode(final ChannelHandlerContext context, final ByteBuf in, final List<Object> out) {
        switch (stage) {
            case PARAMETERS -> {
                final Map<String, Object> wanted = JsonMessage.read(in);
                if (wanted != null) {
                    onParameters(context, wanted);
                }
            }
            case RESULTS -> {
                final Map<String, Object> theirs = JsonMessage.read(in);
                if (theirs != null) {
                    onResults(context, theirs);
                }
            }
            default -> onState(context, in.readByte());
        }
    }

    private void onParameters(final ChannelHandlerContext context, final Map<String, Object> wanted) {
        final Settings settings;
        try {
            settings = Settings.of(wanted);
            if (settings.toClient() && settings.congestion() != null) {
                // refused here, where it can be said
                context.channel().config().setOption(MillraceChannelOption.CONGESTION_CONTROL, settings.congestion());
            }
        } catch (final IllegalArgumentException e) {
            refuse(context);
            return;
        }
        stage = Stage.STREAMS;
        test.expect(settings, () -> context.executor().execute(() -> start(context, settings)));
        say(context, State.CREATE_STREAMS);
    }

    private void refuse(final ChannelHandlerContext context) {
        stage = Stage.DONE;
        context.writeAndFlush(context.alloc().buffer().writeByte(State.SERVER_ERROR).writeInt(State.NOT_IMPLEMENTED)
                .writeInt(0)).addListener(ChannelFutureListener.CLOSE);
    }

    private void start(final ChannelHandlerContext context, final Settings settings) {
        if (stage != Stage.STREAMS) {
            return;
        }
        stage = Stage.RUNNING;
        streams = test.streams();
        say(context, State.TEST_START, State.TEST_RUNNING);
        begin();
        streams.forEach(StreamHandler::start);
        if (settings.omitSeconds() > 0) {
            omission = context.executor().schedule(() -> {
                begin();
                streams.forEach(StreamHandler::omit);
            }, settings.omitSeconds(), TimeUnit.SECONDS);
        }
    }

    private void begin() {
        cpu.begin();
        startNs = System.nanoTime();
    }

    private void onState(final ChannelHandlerContext context, final int state) {
        if (state == State.TEST_END && stage == Stage.RUNNING) {
            stage = Stage.COUNTING;
            endNs = System.nanoTime();
            cpu.end();
            collect(context, new ArrayList<>());
        } else {
            // done, or given up
            stage = Stage.DONE;
            context.close();
        }
    }

    /** Asks one stream after the other. */
    private void collect(final ChannelHandlerContext context, final List<StreamHandler.Result> so) {
        if (so.size() == streams.size()) {
            results = so;
            stage = Stage.RESULTS;
            say(context, State.EXCHANGE_RESULTS);
            return;
        }
        streams.get(so.size()).end().addListener((final Future<StreamHandler.Result> asked) -> context.executor()
                .execute(() -> {
                    so.add(asked.isSuccess() ? asked.getNow() : new StreamHandler.Result(0, -1, null));
                    collect(context, so);
                }));
    }

    private void onResults(final ChannelHandlerContext context, final Map<String, Object> theirs) {
        stage = Stage.DONE;
        context.write(JsonMessage.of(context.alloc(),
                new Report(results, theirs, cpu, (endNs - startNs) / 1e9).toJson()));
        say(context, State.DISPLAY_RESULTS);
    }

    private static void say(final ChannelHandlerContext context, final int... states) {
        final ByteBuf said = context.alloc().buffer(states.length);
        for (final int state : states) {
            said.writeByte(state);
        }
        context.writeAndFlush(said);
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) throws Exception {
        leave();
        super.channelInactive(context);
    }

    @Override
    protected void handlerRemoved0(final ChannelHandlerContext context) {
        leave();
    }

    private void leave() {
        if (watch != null) {
            watch.cancel(false);
        }
        if (omission != null) {
            omission.cancel(false);
        }
        stage = Stage.DONE;
        test.end();
        service.end(test);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        context.close();
    }
}
