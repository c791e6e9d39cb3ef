package io.millrace.nativeports.shm;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code shm:} is told: {@code FILE[,side=0|1|auto]}.
 *
 * @param file that both processes name.
 * @param side 0 or 1, {@link #ANY}: one that is free.
 */
record ShmSpec(Path file, int side) {
    static final int ANY = -1;
    static final String FORM = "FILE[,side=0|1|auto]";

    static final PortOption SIDE_OPTION = new PortOption("side", new Type.Choice(List.of("0", "1", "auto")), "auto",
            Place.COMMA, """
                    Which side of a shared memory this stack is; auto: one that is free. The side decides about the
                    Ethernet address, which has the side as its last bit.
                    """);

    private static final String SIDE = ",side=";

    /** @throws IOException one sentence: what is wrong, and what is expected. */
    static ShmSpec parse(final String argument) throws IOException {
        // The name of a file may have commas.
        final int option = argument.lastIndexOf(SIDE);
        final String name = option < 0 ? argument : argument.substring(0, option);
        if (name.isEmpty()) {
            throw new IOException("shm needs the name of a file, such as /dev/shm/mill; the form is shm:" + FORM);
        }
        final String side = option < 0 ? "auto" : argument.substring(option + SIDE.length());
        return new ShmSpec(Path.of(name).toAbsolutePath().normalize(), switch (side) {
            case "0" -> 0;
            case "1" -> 1;
            case "auto" -> ANY;
            default ->
                throw new IOException("\"side=" + side + "\" of a shared memory must be 0, 1 or auto; the form is "
                        + "shm:" + FORM);
        });
    }
}
