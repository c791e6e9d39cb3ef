package io.millrace.fastpath.simulation;

import io.millrace.fastpath.port.Faults;
import java.util.Random;

/**
 * One host and its link to the router, as a seed draws it.
 *
 * @param mtu       of the host's port.
 * @param frames    of the host's pool, and of the router's towards it.
 * @param up        what goes wrong on the way to the router.
 * @param down      what goes wrong on the way from the router.
 * @param pathMtu   longest packet that the router passes on to the host; at most {@code mtu}.
 * @param sluggish  the host sometimes does not run for a while.
 * @param offloads  checksums and segmentation are left to the port; only without faults.
 */
record HostPlan(int mtu, int frames, Faults up, Faults down, int pathMtu, boolean sluggish, boolean offloads) {
    private static final int MANY_FRAMES = 512;
    private static final int FEW_FRAMES = 48;
    private static final int ETHERNET = 1_500;
    private static final int[] PORT_MTUS = {576, 1_006, 4_352, 9_000};
    private static final int[] PATH_MTUS = {100, 296, 576, 1_006, 1_280, 1_492};

    /** A host on a link without faults, as fast as it can run. */
    static HostPlan clean(final boolean offloads) {
        return new HostPlan(ETHERNET, offloads ? FEW_FRAMES * 2 : MANY_FRAMES, Faults.NONE, Faults.NONE, ETHERNET,
                false, offloads);
    }

    /** A host on a link with faults; every link takes packets of {@code leastMtu} bytes. */
    static HostPlan draw(final Random random, final int leastMtu) {
        final int mtu = Math.max(leastMtu,
                random.nextInt(6) == 0 ? PORT_MTUS[random.nextInt(PORT_MTUS.length)] : ETHERNET);
        final int frames = random.nextInt(12) == 0 ? FEW_FRAMES : MANY_FRAMES;
        final Faults.Builder up = faults(random);
        // on one of the two links that a packet crosses: two flipped bits can pass for none in a checksum
        up.corruption(random.nextInt(3) == 0 ? 0.05 * random.nextDouble() : 0);
        final Faults.Builder down = faults(random);
        if (random.nextInt(15) == 0) {
            down.mtu(Math.max(leastMtu, PATH_MTUS[random.nextInt(PATH_MTUS.length)]));
        }
        final int path = Math.max(leastMtu,
                random.nextInt(5) == 0 ? PATH_MTUS[random.nextInt(PATH_MTUS.length)] : mtu);
        return new HostPlan(mtu, frames, up.build(), down.build(), Math.min(path, mtu), random.nextInt(5) == 0, false);
    }

    private static Faults.Builder faults(final Random random) {
        final Faults.Builder builder = Faults.builder();
        builder.delay(random.nextInt(1 << random.nextInt(10, 27)))
                .jitter(random.nextInt(4) == 0 ? random.nextInt(1 << random.nextInt(10, 25)) : 0);
        if (random.nextInt(3) == 0) {
            final long queue = 5_000L << random.nextInt(7);
            builder.bottleneck(1_000_000L << random.nextInt(11), queue);
            if (random.nextInt(3) == 0) {
                builder.markAbove(queue / (2 + random.nextInt(8)));
            }
        }
        if (random.nextInt(4) == 0) {
            return builder;
        }
        final double severity = 0.15 * random.nextDouble();
        builder.loss(severity * random.nextDouble()).duplication(severity * random.nextDouble())
                .reordering(severity * random.nextDouble(), 1 + random.nextInt(50_000_000));
        if (random.nextInt(4) == 0) {
            builder.burstLoss(0.02 * random.nextDouble(), 0.05 + 0.9 * random.nextDouble(), random.nextDouble());
        }
        return builder;
    }
}
