package io.millrace.fastpath.port;

import org.jspecify.annotations.Nullable;

/**
 * What a user asks of a device.
 *
 * @param argument    what follows the scheme, e.g. {@code mr0} of {@code tap:mr0}.
 * @param mtu         bytes of the largest IP packet, 576 to 65,535.
 * @param queues      how many queues, at least 1.
 * @param frames      frames of each queue's pool, a power of two, 16 to 65,536.
 * @param offloads    false: ask for no checksum or segmentation offload.
 * @param separateSyns a device that can has TCP segments which open a connection wait in queues of their own, where
 *                    they crowd out nothing else; the order between them and other frames is lost.
 * @param hostAddress address and prefix to give to the host's side, e.g. {@code 10.0.0.1/24}; null leaves it alone.
 */
public record DeviceRequest(String argument, int mtu, int queues, int frames, boolean offloads,
        boolean separateSyns, @Nullable String hostAddress) {}
