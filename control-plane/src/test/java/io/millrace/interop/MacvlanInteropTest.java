package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.services.EchoHandler;
import java.net.Socket;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A stack with a macvlan of its own on an interface of the host: the kernel goes on using that. */
class MacvlanInteropTest {
    @Nested
    class HalfClose extends HalfCloseInteropTest {
        HalfClose() {
            link = new MacvlanLink();
        }
    }

    @Nested
    class Beside extends KernelInterop {
        Beside() {
            link = new MacvlanLink();
        }

        @Test
        void shouldLeaveTheHostItsAddress() throws Exception {
            launch(true, "", device -> device);
            serve(7, EchoHandler::new);
            final Socket socket = connectFromKernel(7);
            HexText.write(socket.getOutputStream(), MIB);
            run("ping", "-c", "2", "-i", "0.2", "-w", "20", MacvlanLink.HOST);
            socket.shutdownOutput();
            HexText.readAll(socket.getInputStream(), MIB);
            assertThat(run("ip", "neigh", "show", stackIp())).contains(mac);
            assertThat(run("ip", "neigh", "show", MacvlanLink.HOST)).doesNotContain(mac);
        }
    }
}
