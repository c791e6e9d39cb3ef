package io.millrace.examples.websocket;

import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A WebSocket conversation of the JDK's client; prints what comes back. */
final class JdkWebSocketClient {
    private static final int FRAGMENT_LENGTH = 50_000;
    private static final int BINARY_LENGTH = 1_000_000;

    private JdkWebSocketClient() {}

    /** @param args the address. */
    public static void main(final String... args) throws Exception {
        final Messages messages = new Messages();
        try (HttpClient client = HttpClient.newHttpClient()) {
            final WebSocket socket = client.newWebSocketBuilder().buildAsync(URI.create(args[0]), messages).get();
            socket.sendText("grüß Gott", true).get();
            print("text: " + messages.next());
            socket.sendText("one ", false).get();
            socket.sendText("two ", false).get();
            socket.sendText("three", true).get();
            print("text of fragments: " + messages.next());
            print("binary: " + echoBinary(socket, messages) + " bytes as sent");
            socket.sendPing(ByteBuffer.wrap("are you there?".getBytes(StandardCharsets.UTF_8))).get();
            print("pong: " + messages.next());
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "that was all").get();
            print("closed: " + messages.next());
        }
    }

    /** Sends a long message in fragments. @return its length, where the same came back. */
    private static int echoBinary(final WebSocket socket, final Messages messages) throws Exception {
        final byte[] bytes = new byte[BINARY_LENGTH];
        new Random(1).nextBytes(bytes);
        for (int at = 0; at < bytes.length; at += FRAGMENT_LENGTH) {
            socket.sendBinary(ByteBuffer.wrap(bytes, at, FRAGMENT_LENGTH), at + FRAGMENT_LENGTH == bytes.length).get();
        }
        if (!messages.next().equals(Arrays.toString(bytes))) {
            throw new IllegalStateException("other bytes came back");
        }
        return bytes.length;
    }

    private static void print(final String line) {
        new PrintStream(System.out, true, StandardCharsets.UTF_8).print(line + '\n');
    }

    /** Whole messages, in their order. */
    private static final class Messages implements WebSocket.Listener {
        private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteBuffer bytes = ByteBuffer.allocate(BINARY_LENGTH);

        String next() throws InterruptedException, TimeoutException {
            final String message = whole.poll(20, TimeUnit.SECONDS);
            if (message == null) {
                throw new TimeoutException("no message came");
            }
            return message;
        }

        @Override
        public CompletionStage<?> onText(final WebSocket socket, final CharSequence part, final boolean last) {
            text.append(part);
            if (last) {
                whole.add(text.toString());
                text.setLength(0);
            }
            return done(socket);
        }

        @Override
        public CompletionStage<?> onBinary(final WebSocket socket, final ByteBuffer part, final boolean last) {
            bytes.put(part);
            if (last) {
                whole.add(Arrays.toString(bytes.array()));
            }
            return done(socket);
        }

        @Override
        public CompletionStage<?> onPong(final WebSocket socket, final ByteBuffer message) {
            whole.add(StandardCharsets.UTF_8.decode(message).toString());
            return done(socket);
        }

        @Override
        public CompletionStage<?> onClose(final WebSocket socket, final int code, final String reason) {
            whole.add(String.valueOf(code));
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(final WebSocket socket, final Throwable error) {
            whole.add(error.toString());
        }

        private static CompletionStage<?> done(final WebSocket socket) {
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }
    }
}
