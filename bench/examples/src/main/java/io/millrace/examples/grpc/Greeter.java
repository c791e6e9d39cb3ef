package io.millrace.examples.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/** The service: greets, and answers each message of a chat while it goes on. */
final class Greeter implements BindableService {
    static final MethodDescriptor<String, String> GREET = method("Greet", MethodType.UNARY);
    static final MethodDescriptor<String, String> CHAT = method("Chat", MethodType.BIDI_STREAMING);
    private static final String SERVICE = "millrace.examples.Greeter";

    private static MethodDescriptor<String, String> method(final String name, final MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(TextMarshaller.INSTANCE)
                .setResponseMarshaller(TextMarshaller.INSTANCE)
                .build();
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(GREET, ServerCalls.asyncUnaryCall(Greeter::greet))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(Greeter::chat))
                .build();
    }

    private static void greet(final String name, final StreamObserver<String> reply) {
        reply.onNext("Hello, " + name + "!");
        reply.onCompleted();
    }

    private static StreamObserver<String> chat(final StreamObserver<String> replies) {
        return new StreamObserver<>() {
            @Override
            public void onNext(final String message) {
                replies.onNext("You said: " + message);
            }

            @Override
            public void onError(final Throwable cause) {
                // The client has gone: nobody is left to answer.
            }

            @Override
            public void onCompleted() {
                replies.onCompleted();
            }
        };
    }
}
