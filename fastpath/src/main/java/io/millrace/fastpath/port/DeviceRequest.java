package io.millrace.fastpath.port;

import org.jspecify.annotations.Nullable;

/**
 * What a user asks of a device.
 *
 * @param argument    what follows the scheme, e.g. {@code mr0} of {@code tap:mr0}.
 * @param mtu         bytes of the largest IP packet, 576 to 65,535.
 * @param queues      how many queues, at least 1; a device that has fewer opens those that it has, and software shares
 *                    out what they bring.
 * @param frames      frames of each queue's pool, a power of two, 16 to 65,536.
 * @param offloads    false: ask for no checksum or segmentation offload.
 * @param separateSyns a device that can has TCP segments which open a connection wait in queues of their own, where
 *                    they crowd out nothing else; the order between them and other frames is lost.
 * @param hostAddress address and prefix to give to the host's side, e.g. {@code 10.0.0.1/24}; null leaves it alone.
 * @param rssKey      of the hash by which flows are placed on several queues, where the device lets itself be told.
 */
public record DeviceRequest(String argument, int mtu, int queues, int frames, boolean offloads,
        boolean separateSyns, @Nullable String hostAddress, RssKey rssKey) {

    /** With the key of the specification's examples. */
    public DeviceRequest(final String argument, final int mtu, final int queues, final int frames,
            final boolean offloads, final boolean separateSyns, final @Nullable String hostAddress) {
        this(argument, mtu, queues, frames, offloads, separateSyns, hostAddress, RssKey.EXAMPLE);
    }

    /** The same with another key. */
    public DeviceRequest withRssKey(final RssKey key) {
        return new DeviceRequest(argument, mtu, queues, frames, offloads, separateSyns, hostAddress, key);
    }

    /** The same of another device. */
    public DeviceRequest withArgument(final String other) {
        return new DeviceRequest(other, mtu, queues, frames, offloads, separateSyns, hostAddress, rssKey);
    }
}
