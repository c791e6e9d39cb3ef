package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.engine.EngineMemory;
import io.millrace.fastpath.ip.SegmentInbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration asks for is computed before it is taken. */
class MemoryPlanTest {
    private static MemoryPlan plan(final String text) {
        return MemoryPlan.of(MillraceConfig.parse(text));
    }

    @Test
    void shouldCountEachEngine() {
        final long one = plan("millrace.threading.engines = 1").total();
        assertThat(plan("millrace.threading.engines = 3").total()).isEqualTo(3 * (one + SegmentInbox.BYTES));
        assertThat(one).isGreaterThan(EngineMemory.of(MillraceConfig.defaults().engineSettings()).total());
    }

    @Test
    void shouldNameAKeyOfEachPartThatHasOne() {
        assertThat(plan("").parts()).filteredOn(part -> !part.key().isEmpty()).hasSizeGreaterThan(5)
                .allSatisfy(part -> assertThat(ConfigKeys.find(part.key())).as(part.name()).isNotNull());
    }

    /** Its ring is memory of the kernel, and its frames are as large as any sender makes them. */
    @Test
    void shouldCountTheRingOfAPacketSocket() {
        final MemoryPlan plan = plan("millrace.port { device = \"af-packet:eth0\", offloads = off, frames = 1024 }");
        assertThat(plan.parts()).filteredOn(part -> part.key().equals("millrace.port.frames"))
                .extracting(MemoryPlan.Part::name).containsExactly("frames of the port", "ring of the port");
        assertThat(plan.parts()).filteredOn(part -> part.key().equals("millrace.port.frames"))
                .allSatisfy(part -> assertThat(part.bytes()).isBetween(1_024L * 65_536, 1_024L * 75_000));
    }

    /** 200 bytes for each of 512 frames under way, and a frame of 320 for each that may be kept. */
    @Test
    void shouldCountTheSmallFramesOfAMemoryLink() {
        assertThat(plan("millrace.port { device = \"memory\", frames = 1024 }").parts())
                .filteredOn(part -> part.name().equals("small frames of the port")).singleElement()
                .satisfies(part -> assertThat(part.bytes()).isEqualTo(512 * 200 + 1_024 + 1_024 * 320));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap:mr0", "af-packet:eth0"})
    void shouldCountTheRingBesideAQueue(final String device) {
        assertThat(plan("millrace.port.device = \"" + device + "\", millrace.threading.engines = 2").parts())
                .filteredOn(part -> part.name().equals("ring of small frames of the port")).singleElement()
                .satisfies(part -> assertThat(part.total()).isEqualTo(2 * 130 * 4_096));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tun:mr0", "af-xdp:eth0", "tap:mr0,receive=queue", "af-packet:eth0,filter=none", "memory"})
    void shouldCountNoRingWhereThereIsNone(final String device) {
        assertThat(plan("millrace.port.device = \"" + device + "\"").parts())
                .noneMatch(part -> part.name().startsWith("ring of small frames"));
    }

    @Test
    void shouldCountNoRingOfSmallFramesOfAnInterfaceThatIsShared() {
        assertThat(plan("millrace.port { device = \"af-packet:eth0\", shared-ports = [80] }").parts())
                .noneMatch(part -> part.name().startsWith("ring of small frames"));
    }

    @Test
    void shouldCountTheBuffersThatEachLoopReadsInto() {
        assertThat(plan("millrace.threading.engines = 2").parts())
                .filteredOn(part -> part.name().equals("buffers of small reads"))
                .singleElement().satisfies(part -> assertThat(part.total()).isEqualTo(2 * 256 * 1_024));
    }

    @Test
    void shouldFitAsItComes() {
        assertThat(plan("").fits()).isTrue();
    }

    @Test
    void shouldSayInASentenceWhatDoesNotFitAndWhatToDo() {
        final MemoryPlan plan = plan("""
                millrace.engine { max-connections = 1000000, slab = 1GiB, memory-limit = 1GiB }
                """);
        assertThat(plan.fits()).isFalse();
        assertThat(plan.refusal()).startsWith("the stack may come to ")
                .contains(" MiB of memory outside of the heap, but there are only 1024 MiB: lower millrace.engine.slab "
                        + "(send and receive buffers, ", "millrace.engine.max-connections (connections, 428 MiB)")
                .endsWith("or millrace.threading.engines; or raise millrace.engine.memory-limit, since memory that is "
                        + "not used is not taken");
    }

    /** Nobody has so much. */
    @Test
    void shouldTakeTheMachinesMemoryForTheLimit() {
        assertThat(plan("millrace.engine.slab = 1TiB").fits()).isFalse();
        assertThat(plan("millrace.engine { slab = 1TiB, memory-limit = 2TiB }").fits()).isTrue();
    }
}
