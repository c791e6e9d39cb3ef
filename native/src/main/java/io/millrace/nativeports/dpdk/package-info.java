/**
 * DPDK's poll-mode drivers as packet ports, in pure Java: the libraries of DPDK 22.11 (ABI 23) are called through FFM, the
 * burst functions by the pointers of {@code rte_eth_fp_ops}, and a frame is an mbuf whose descriptor lies in the mbuf's
 * private area. Every offset and number comes from the table {@code abi-23.txt}, which a test compares with the headers.
 * <p>
 * Thread: a port belongs to one engine; EAL and devices are worked on by the control plane, under one lock.
 * <p>
 * May import {@code nativeports.linux} and {@code fastpath}'s {@code port}, {@code memory} and {@code wire}.
 */
@NullMarked
package io.millrace.nativeports.dpdk;

import org.jspecify.annotations.NullMarked;
