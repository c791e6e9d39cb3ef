package io.millrace.examples.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Calls of {@link Greeter}.
 *
 * @param channel on any transport.
 */
record GreeterStub(Channel channel) {
    /** @throws io.grpc.StatusRuntimeException where the call fails. */
    String greet(final String name) {
        return ClientCalls.blockingUnaryCall(channel, Greeter.GREET, CallOptions.DEFAULT, name);
    }

    /** Says everything at once; the replies, when the server has completed them. */
    CompletableFuture<List<String>> chat(final List<String> messages) {
        final Replies replies = new Replies();
        final StreamObserver<String> call = ClientCalls
                .asyncBidiStreamingCall(channel.newCall(Greeter.CHAT, CallOptions.DEFAULT), replies);
        messages.forEach(call::onNext);
        call.onCompleted();
        return replies.all;
    }

    private static final class Replies implements StreamObserver<String> {
        final CompletableFuture<List<String>> all = new CompletableFuture<>();
        private final List<String> sofar = new ArrayList<>();

        @Override
        public void onNext(final String reply) {
            sofar.add(reply);
        }

        @Override
        public void onError(final Throwable cause) {
            all.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            all.complete(sofar);
        }
    }
}
