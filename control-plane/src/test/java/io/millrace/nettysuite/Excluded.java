package io.millrace.nettysuite;

import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of Netty's transport suite that is not run, each with the reason. Tests of TLS are run with the JDK's: OpenSSL's is
 * another library's business and a native one.
 */
final class Excluded {
    private static final String OTHER_PROTOCOL = "is about a protocol of the kernel's that Millrace does not speak";
    private static final String SCALING = "a loop that drives an engine is never suspended: packets arrive unasked";

    private static final String BLOCKS = "blocks an event loop and expects its connection to go on, as the kernel's"
            + " would; a loop of Millrace is what drives the connection. Beside the kernel: run in those cases in which"
            + " the kernel's loop is the one that is blocked";

    private static final String FROM_THE_KERNEL = "sends by a socket of the kernel that the test makes itself: it is run"
            + " where the kernel is the client";

    private static final String INTERFACES = "asks the JDK for the interfaces, which tells those of the process and not"
            + " of the namespace; with the kernel: DatagramInteropTest";

    private static final String SCOPE = "its group, ff01::101, is of the scope of one interface and must not leave the stack"
            + " (RFC 4291 §2.7); across a link: testMulticastToTheOtherStack";

    /** Classes, by their names within {@code io.netty.testsuite.transport}. */
    static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("DefaultEventLoopTest", "is about the loop of Netty's local transport"),
            Map.entry("NioEventLoopTest", "is about the loop of Netty's NIO transport; ours: MillraceEventLoopTest"),
            Map.entry("sctp.SctpEchoTest", OTHER_PROTOCOL),
            Map.entry("udt.UDTClientServerConnectionTest", OTHER_PROTOCOL),
            Map.entry("socket.DatagramConnectedWriteExceptionTest",
                    "makes a server of its own at the loopback address, which a stack has none of; ours:"
                            + " ConnectedDatagramTest"),
            Map.entry("socket.ServerSocketSuspendTest",
                    "Netty has disabled it: it times the kernel's connects; ours: ServerSuspendTest"),
            Map.entry("socket.SocketSslLargeCertificateTest",
                    "makes channels of NIO itself, and needs OpenSSL; ours: LargeCertificateTest"));

    /** Methods, as {@code Class#method}, or {@code Class#method on PAIRING}. */
    static final Map<String, String> METHODS = Map.ofEntries(
            Map.entry("DatagramMulticastTest#testMulticast on NIO_CLIENT", INTERFACES),
            Map.entry("DatagramMulticastIPv6Test#testMulticast on LINK", SCOPE),
            Map.entry("DatagramMulticastIPv6Test#testMulticast on NIO_CLIENT", INTERFACES),
            Map.entry("DatagramMulticastTest#testMulticast on NIO_SERVER", INTERFACES),
            Map.entry("DatagramMulticastIPv6Test#testMulticast on NIO_SERVER", INTERFACES),
            Map.entry("DatagramMulticastTest#testMulticast on EPOLL_CLIENT", INTERFACES),
            Map.entry("DatagramMulticastIPv6Test#testMulticast on EPOLL_CLIENT", INTERFACES),
            Map.entry("DatagramMulticastTest#testMulticast on EPOLL_SERVER", INTERFACES),
            Map.entry("DatagramMulticastIPv6Test#testMulticast on EPOLL_SERVER", INTERFACES),
            Map.entry("DatagramUnicastInetTest#testReceiveEmptyDatagrams on LINK", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6Test#testReceiveEmptyDatagrams on LINK", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastInetTest#testReceiveEmptyDatagrams on LOCAL", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6Test#testReceiveEmptyDatagrams on LOCAL", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastInetTest#testReceiveEmptyDatagrams on NIO_SERVER", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6Test#testReceiveEmptyDatagrams on NIO_SERVER", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastInetTest#testReceiveEmptyDatagrams on EPOLL_SERVER", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6Test#testReceiveEmptyDatagrams on EPOLL_SERVER", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6MappedTest#testReceiveEmptyDatagrams on LINK", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6MappedTest#testReceiveEmptyDatagrams on LOCAL", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6MappedTest#testReceiveEmptyDatagrams on NIO_SERVER", FROM_THE_KERNEL),
            Map.entry("DatagramUnicastIPv6MappedTest#testReceiveEmptyDatagrams on EPOLL_SERVER", FROM_THE_KERNEL),
            Map.entry("SocketHalfClosedTest#testAutoCloseFalseDoesShutdownOutput on LINK", BLOCKS),
            Map.entry("SocketHalfClosedTest#testAutoCloseFalseDoesShutdownOutput on LOCAL", BLOCKS),
            Map.entry("MillraceEventLoopTest#testAutoScalingEventLoopGroupCanScaleDownAndBeUsed", SCALING),
            Map.entry("MillraceEventLoopTest#testSubmittingTaskWakesUpSuspendedExecutor", SCALING));

    private Excluded() {}

    /** Why this method is not run in this pairing; null where it is. */
    @Nullable
    static String reason(final Class<?> suite, final Method method, @Nullable final Pairing pairing) {
        final String name = suite.getSimpleName() + '#' + method.getName();
        final String always = METHODS.get(name);
        return always != null ? always : METHODS.get(name + " on " + pairing);
    }
}
