package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.Cidr;
import io.millrace.config.MillraceConfig;
import io.millrace.control.address.OwnAddress;
import io.millrace.fastpath.port.MemoryLink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressNewsTest {
    @Test
    void shouldTellOfAddressesThatAreUsedFromNowOnOrNoMore() throws IOException {
        final List<String> told = new ArrayList<>();
        try (MemoryLink link = MemoryLink.builder().build();
                Millrace stack = Millrace.builder(MillraceConfig.builder()
                        .text("millrace.ip.addresses = [\"10.0.0.2/24\"], millrace.threading.control = shared").build())
                        .device(link.side(0)).launch()) {
            stack.routes().onChange(new AddressNews(stack, told::add));
            final OwnAddress added = OwnAddress.of(Cidr.parse("10.0.0.9/24"));
            stack.routes().addAddress(added.in(OwnAddress.State.TENTATIVE));
            assertThat(told).as("while it is tried").isEmpty();
            stack.routes().state(added.address(), OwnAddress.State.PREFERRED);
            stack.routes().removeAddress(Cidr.parse("10.0.0.2/24").address());
            stack.routes().removeAddress(added.address());
        }
        assertThat(told).containsExactly("addresses 10.0.0.2/24, 10.0.0.9/24", "addresses 10.0.0.9/24", "no address");
    }
}
