package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.nativeports.CHeaders;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the C compiler and the system's headers for every number that is written down in Java. */
class StructuresTest {
    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <netinet/in.h>
            #include <sys/ioctl.h>
            #include <sys/syscall.h>
            #include <linux/bpf.h>
            #include <linux/if.h>
            #include <linux/if_tun.h>
            #include <linux/ipv6.h>
            #include <linux/sockios.h>
            #include <linux/virtio_net.h>
            #ifndef VIRTIO_NET_HDR_GSO_UDP_L4 /* younger than many distributions' headers */
            #define VIRTIO_NET_HDR_GSO_UDP_L4 5
            #endif
            """;

    @Test
    void shouldAgreeWithTheSystemsHeaders(@TempDir final Path directory) throws Exception {
        assumeTrue(CHeaders.hasCompiler(), "gcc is not installed");
        final Map<String, Long> expected = new LinkedHashMap<>();
        addTun(expected);
        addInterface(expected);
        addVirtio(expected);
        addErrno(expected);
        addBpf(expected);
        assertThat(CHeaders.ask(directory, HEADERS, List.of(), expected.keySet())).isEqualTo(expected);
    }

    private static void addTun(final Map<String, Long> numbers) {
        numbers.put("O_RDWR", (long) TunDescriptor.O_RDWR);
        numbers.put("O_NONBLOCK", (long) TunDescriptor.O_NONBLOCK);
        numbers.put("O_CLOEXEC", (long) TunDescriptor.O_CLOEXEC);
        numbers.put("TUNSETIFF", TunDescriptor.TUNSETIFF);
        numbers.put("TUNSETOFFLOAD", TunDescriptor.TUNSETOFFLOAD);
        numbers.put("TUNSETVNETHDRSZ", TunDescriptor.TUNSETVNETHDRSZ);
        numbers.put("TUNGETIFF", TunDescriptor.TUNGETIFF);
        numbers.put("TUNSETSTEERINGEBPF", TunDescriptor.TUNSETSTEERINGEBPF);
        numbers.put("IFF_PERSIST", (long) TunDescriptor.IFF_PERSIST);
        numbers.put("IFF_TUN_EXCL", (long) TunDescriptor.IFF_TUN_EXCL);
        numbers.put("IFF_TAP", (long) TunDescriptor.IFF_TAP);
        numbers.put("IFF_MULTI_QUEUE", (long) TunDescriptor.IFF_MULTI_QUEUE);
        numbers.put("IFF_NO_PI", (long) TunDescriptor.IFF_NO_PI);
        numbers.put("IFF_VNET_HDR", (long) TunDescriptor.IFF_VNET_HDR);
        numbers.put("TUN_F_CSUM", (long) TunDescriptor.TUN_F_CSUM);
        numbers.put("TUN_F_TSO4", (long) TunDescriptor.TUN_F_TSO4);
        numbers.put("TUN_F_TSO6", (long) TunDescriptor.TUN_F_TSO6);
    }

    private static void addInterface(final Map<String, Long> numbers) {
        numbers.put("sizeof(struct ifreq)", (long) InterfaceRequest.LENGTH);
        numbers.put("sizeof(struct in6_ifreq)", (long) Ipv6Request.LENGTH);
        numbers.put("offsetof(struct in6_ifreq, ifr6_addr)", 0L);
        numbers.put("offsetof(struct in6_ifreq, ifr6_prefixlen)", (long) Ipv6Request.PREFIX_LENGTH_OFFSET);
        numbers.put("offsetof(struct in6_ifreq, ifr6_ifindex)", (long) Ipv6Request.INDEX_OFFSET);
        numbers.put("AF_INET6", (long) Ipv6Request.AF_INET6);
        numbers.put("offsetof(struct ifreq, ifr_flags)", (long) InterfaceRequest.VALUE_OFFSET);
        numbers.put("offsetof(struct ifreq, ifr_mtu)", (long) InterfaceRequest.VALUE_OFFSET);
        numbers.put("offsetof(struct ifreq, ifr_qlen)", (long) InterfaceRequest.VALUE_OFFSET);
        numbers.put("offsetof(struct ifreq, ifr_addr)", (long) InterfaceRequest.VALUE_OFFSET);
        numbers.put("IFNAMSIZ - 1", (long) InterfaceRequest.MAX_NAME_LENGTH);
        numbers.put("offsetof(struct sockaddr_in, sin_family)", 0L);
        numbers.put("offsetof(struct sockaddr_in, sin_addr)", (long) InterfaceRequest.SOCKET_ADDRESS_OFFSET);
        numbers.put("AF_INET", (long) InterfaceRequest.AF_INET);
        numbers.put("SIOCGIFFLAGS", InterfaceRequest.SIOCGIFFLAGS);
        numbers.put("SIOCSIFFLAGS", InterfaceRequest.SIOCSIFFLAGS);
        numbers.put("SIOCSIFADDR", InterfaceRequest.SIOCSIFADDR);
        numbers.put("SIOCSIFNETMASK", InterfaceRequest.SIOCSIFNETMASK);
        numbers.put("SIOCGIFMTU", InterfaceRequest.SIOCGIFMTU);
        numbers.put("SIOCSIFMTU", InterfaceRequest.SIOCSIFMTU);
        numbers.put("SIOCGIFINDEX", InterfaceRequest.SIOCGIFINDEX);
        numbers.put("SIOCGIFTXQLEN", InterfaceRequest.SIOCGIFTXQLEN);
        numbers.put("SIOCSIFTXQLEN", InterfaceRequest.SIOCSIFTXQLEN);
        numbers.put("IFF_UP", (long) InterfaceRequest.IFF_UP);
        numbers.put("IFF_RUNNING", (long) InterfaceRequest.IFF_RUNNING);
    }

    private static void addVirtio(final Map<String, Long> numbers) {
        numbers.put("sizeof(struct virtio_net_hdr)", (long) VirtioNetHeader.LENGTH);
        numbers.put("offsetof(struct virtio_net_hdr, flags)", (long) VirtioNetHeader.FLAGS_OFFSET);
        numbers.put("offsetof(struct virtio_net_hdr, gso_type)", (long) VirtioNetHeader.GSO_TYPE_OFFSET);
        numbers.put("offsetof(struct virtio_net_hdr, hdr_len)", (long) VirtioNetHeader.HEADER_LENGTH_OFFSET);
        numbers.put("offsetof(struct virtio_net_hdr, gso_size)", (long) VirtioNetHeader.GSO_SIZE_OFFSET);
        numbers.put("offsetof(struct virtio_net_hdr, csum_start)", (long) VirtioNetHeader.CHECKSUM_START_OFFSET);
        numbers.put("offsetof(struct virtio_net_hdr, csum_offset)", (long) VirtioNetHeader.CHECKSUM_OFFSET_OFFSET);
        numbers.put("VIRTIO_NET_HDR_F_NEEDS_CSUM", (long) VirtioNetHeader.NEEDS_CSUM);
        numbers.put("VIRTIO_NET_HDR_F_DATA_VALID", (long) VirtioNetHeader.DATA_VALID);
        numbers.put("VIRTIO_NET_HDR_GSO_NONE", (long) VirtioNetHeader.GSO_NONE);
        numbers.put("VIRTIO_NET_HDR_GSO_TCPV4", (long) VirtioNetHeader.GSO_TCPV4);
        numbers.put("VIRTIO_NET_HDR_GSO_TCPV6", (long) VirtioNetHeader.GSO_TCPV6);
        numbers.put("VIRTIO_NET_HDR_GSO_UDP_L4", (long) VirtioNetHeader.GSO_UDP_L4);
    }

    private static void addBpf(final Map<String, Long> numbers) {
        numbers.put("SYS_bpf", Bpf.SYSTEM_CALL);
        numbers.put("BPF_MAP_CREATE", (long) Bpf.MAP_CREATE);
        numbers.put("BPF_PROG_LOAD", (long) Bpf.PROG_LOAD);
        numbers.put("BPF_MAP_TYPE_ARRAY", (long) Bpf.MAP_TYPE_ARRAY);
        numbers.put("BPF_F_MMAPABLE", (long) Bpf.F_MMAPABLE);
        numbers.put("BPF_PROG_TYPE_SOCKET_FILTER", (long) Bpf.PROG_TYPE_SOCKET_FILTER);
        numbers.put("BPF_PSEUDO_MAP_VALUE", (long) Bpf.PSEUDO_MAP_VALUE);
        numbers.put("offsetof(union bpf_attr, map_type)", (long) Bpf.MAP_TYPE_OFFSET);
        numbers.put("offsetof(union bpf_attr, key_size)", (long) Bpf.KEY_SIZE_OFFSET);
        numbers.put("offsetof(union bpf_attr, value_size)", (long) Bpf.VALUE_SIZE_OFFSET);
        numbers.put("offsetof(union bpf_attr, max_entries)", (long) Bpf.MAX_ENTRIES_OFFSET);
        numbers.put("offsetof(union bpf_attr, map_flags)", (long) Bpf.MAP_FLAGS_OFFSET);
        numbers.put("offsetof(union bpf_attr, prog_type)", (long) Bpf.PROG_TYPE_OFFSET);
        numbers.put("offsetof(union bpf_attr, insn_cnt)", (long) Bpf.INSN_CNT_OFFSET);
        numbers.put("offsetof(union bpf_attr, insns)", (long) Bpf.INSNS_OFFSET);
        numbers.put("offsetof(union bpf_attr, license)", (long) Bpf.LICENSE_OFFSET);
        numbers.put("sizeof(struct bpf_insn)", (long) BpfCode.INSTRUCTION_LENGTH);
        numbers.put("BPF_B", (long) BpfCode.BYTE);
        numbers.put("BPF_H", (long) BpfCode.HALF);
    }

    private static void addErrno(final Map<String, Long> numbers) {
        numbers.put("EPERM", (long) Errno.EPERM);
        numbers.put("ENOENT", (long) Errno.ENOENT);
        numbers.put("EINTR", (long) Errno.EINTR);
        numbers.put("EIO", (long) Errno.EIO);
        numbers.put("EBADF", (long) Errno.EBADF);
        numbers.put("EAGAIN", (long) Errno.EAGAIN);
        numbers.put("ENOMEM", (long) Errno.ENOMEM);
        numbers.put("EACCES", (long) Errno.EACCES);
        numbers.put("EBUSY", (long) Errno.EBUSY);
        numbers.put("EEXIST", (long) Errno.EEXIST);
        numbers.put("ENODEV", (long) Errno.ENODEV);
        numbers.put("EINVAL", (long) Errno.EINVAL);
        numbers.put("EMFILE", (long) Errno.EMFILE);
        numbers.put("ENOBUFS", (long) Errno.ENOBUFS);
        numbers.put("ENOSYS", (long) Errno.ENOSYS);
        numbers.put("EBADFD", (long) Errno.EBADFD);
    }
}
