package io.millrace.nativeports.linux;

import io.millrace.nativeports.CHeaders;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the C compiler and the system's headers for the numbers that are written down in Java; of XDP others do. */
class StructuresTest {
    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <poll.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <time.h>
            #include <netinet/in.h>
            #include <sys/ioctl.h>
            #include <sys/resource.h>
            #include <sys/syscall.h>
            #include <linux/bpf.h>
            #include <linux/ethtool.h>
            #include <linux/filter.h>
            #include <linux/if.h>
            #include <linux/if_arp.h>
            #include <linux/if_ether.h>
            #include <linux/if_packet.h>
            #include <linux/if_tun.h>
            #include <linux/ipv6.h>
            #include <linux/sockios.h>
            #include <linux/version.h>
            #include <linux/rtnetlink.h>
            #include <linux/if_addr.h>
            #include <linux/pkt_cls.h>
            #include <linux/virtio_net.h>
            #ifndef PACKET_FANOUT_FLAG_IGNORE_OUTGOING /* younger than many distributions' headers */
            #define PACKET_FANOUT_FLAG_IGNORE_OUTGOING 0x4000
            #endif
            #if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0) /* younger as well */
            #define BPF_TCX_INGRESS 46
            #define BPF_F_BEFORE (1U << 3)
            #define TCX_NEXT -1
            #define TCX_DROP 2
            #endif
            #ifndef VIRTIO_NET_HDR_GSO_UDP_L4 /* likewise */
            #define VIRTIO_NET_HDR_GSO_UDP_L4 5
            #define TUN_F_USO4 0x20
            #define TUN_F_USO6 0x40
            #endif
            """;

    @Test
    void shouldAgreeWithTheSystemsHeaders(@TempDir final Path directory) throws Exception {
        final Map<String, Long> expected = new LinkedHashMap<>();
        addTun(expected);
        addInterface(expected);
        addVirtio(expected);
        addPacketOptions(expected);
        addPacketLayouts(expected);
        addSocket(expected);
        addErrno(expected);
        addWaiting(expected);
        addBpf(expected);
        addBpfOfInterfaces(expected);
        addNetlink(expected);
        CHeaders.assertAgree(directory, HEADERS, List.of(), expected);
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
        numbers.put("TUNSETFILTEREBPF", TunDescriptor.TUNSETFILTEREBPF);
        numbers.put("IFF_PERSIST", (long) TunDescriptor.IFF_PERSIST);
        numbers.put("IFF_TUN_EXCL", (long) TunDescriptor.IFF_TUN_EXCL);
        numbers.put("IFF_TUN", (long) TunDescriptor.IFF_TUN);
        numbers.put("IFF_TAP", (long) TunDescriptor.IFF_TAP);
        numbers.put("IFF_NAPI", (long) TunDescriptor.IFF_NAPI);
        numbers.put("IFF_MULTI_QUEUE", (long) TunDescriptor.IFF_MULTI_QUEUE);
        numbers.put("IFF_NO_PI", (long) TunDescriptor.IFF_NO_PI);
        numbers.put("IFF_VNET_HDR", (long) TunDescriptor.IFF_VNET_HDR);
        numbers.put("TUN_F_CSUM", (long) TunDescriptor.TUN_F_CSUM);
        numbers.put("TUN_F_TSO4", (long) TunDescriptor.TUN_F_TSO4);
        numbers.put("TUN_F_TSO6", (long) TunDescriptor.TUN_F_TSO6);
        numbers.put("TUN_F_USO4", (long) TunDescriptor.TUN_F_USO4);
        numbers.put("TUN_F_USO6", (long) TunDescriptor.TUN_F_USO6);
        numbers.put("O_NOFOLLOW", (long) FileCalls.O_NOFOLLOW);
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
        numbers.put("SIOCETHTOOL", InterfaceRequest.SIOCETHTOOL);
        numbers.put("EOPNOTSUPP", (long) Errno.EOPNOTSUPP);
        numbers.put("offsetof(struct ifreq, ifr_data)", (long) InterfaceRequest.VALUE_OFFSET);
        numbers.put("ETHTOOL_GDRVINFO", (long) DriverInfo.ETHTOOL_GDRVINFO);
        numbers.put("ETHTOOL_GLINK", (long) HostInterface.ETHTOOL_GLINK);
        numbers.put("offsetof(struct ethtool_value, data)", (long) Integer.BYTES);
        numbers.put("sizeof(struct ethtool_drvinfo)", (long) DriverInfo.LENGTH);
        numbers.put("sizeof(((struct ethtool_drvinfo *) 0)->driver)", (long) DriverInfo.NAME_LENGTH);
        numbers.put("offsetof(struct ethtool_drvinfo, driver)", (long) DriverInfo.DRIVER_OFFSET);
        numbers.put("offsetof(struct ethtool_drvinfo, bus_info)", (long) DriverInfo.BUS_OFFSET);
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
        numbers.put("VIRTIO_NET_HDR_GSO_ECN", (long) VirtioNetHeader.GSO_ECN);
        numbers.put("VIRTIO_NET_HDR_GSO_UDP_L4", (long) VirtioNetHeader.GSO_UDP_L4);
    }

    private static void addPacketOptions(final Map<String, Long> numbers) {
        numbers.put("AF_PACKET", (long) PacketDescriptor.AF_PACKET);
        numbers.put("SOL_PACKET", (long) PacketDescriptor.SOL_PACKET);
        numbers.put("ETH_P_ALL", (long) PacketDescriptor.ETH_P_ALL);
        numbers.put("PACKET_ADD_MEMBERSHIP", (long) PacketDescriptor.ADD_MEMBERSHIP);
        numbers.put("PACKET_RX_RING", (long) PacketDescriptor.RX_RING);
        numbers.put("PACKET_STATISTICS", (long) PacketDescriptor.STATISTICS);
        numbers.put("PACKET_COPY_THRESH", (long) PacketDescriptor.COPY_THRESH);
        numbers.put("PACKET_VERSION", (long) PacketDescriptor.VERSION);
        numbers.put("PACKET_TX_RING", (long) PacketDescriptor.TX_RING);
        numbers.put("PACKET_VNET_HDR", (long) PacketDescriptor.VNET_HDR);
        numbers.put("PACKET_FANOUT", (long) PacketDescriptor.FANOUT);
        numbers.put("PACKET_IGNORE_OUTGOING", (long) PacketDescriptor.IGNORE_OUTGOING);
        numbers.put("PACKET_FANOUT_DATA", (long) PacketDescriptor.FANOUT_DATA);
        numbers.put("PACKET_FANOUT_EBPF", (long) PacketDescriptor.FANOUT_EBPF);
        numbers.put("PACKET_FANOUT_HASH", (long) PacketDescriptor.FANOUT_HASH);
        numbers.put("PACKET_FANOUT_FLAG_UNIQUEID", (long) PacketDescriptor.FANOUT_FLAG_UNIQUEID);
        numbers.put("PACKET_FANOUT_FLAG_IGNORE_OUTGOING", (long) PacketDescriptor.FANOUT_FLAG_IGNORE_OUTGOING);
        numbers.put("TPACKET_V2", (long) PacketDescriptor.TPACKET_V2);
        numbers.put("TP_STATUS_KERNEL", (long) PacketDescriptor.STATUS_KERNEL);
        numbers.put("TP_STATUS_USER", (long) PacketDescriptor.STATUS_USER);
        numbers.put("TP_STATUS_COPY", (long) PacketDescriptor.STATUS_COPY);
        numbers.put("TP_STATUS_VLAN_VALID", (long) PacketDescriptor.STATUS_VLAN_VALID);
        numbers.put("TP_STATUS_VLAN_TPID_VALID", (long) PacketDescriptor.STATUS_VLAN_TPID_VALID);
        numbers.put("TP_STATUS_AVAILABLE", (long) PacketDescriptor.STATUS_AVAILABLE);
        numbers.put("TP_STATUS_SEND_REQUEST", (long) PacketDescriptor.STATUS_SEND_REQUEST);
        numbers.put("TP_STATUS_SENDING", (long) PacketDescriptor.STATUS_SENDING);
        numbers.put("TP_STATUS_WRONG_FORMAT", (long) PacketDescriptor.STATUS_WRONG_FORMAT);
        numbers.put("PACKET_MR_ALLMULTI", (long) PacketDescriptor.MEMBERSHIP_ALL_MULTICAST);
        numbers.put("PACKET_MR_PROMISC", (long) PacketDescriptor.MEMBERSHIP_PROMISCUOUS);
        numbers.put("PACKET_MR_UNICAST", (long) PacketDescriptor.MEMBERSHIP_UNICAST);
    }

    private static void addPacketLayouts(final Map<String, Long> numbers) {
        numbers.put("offsetof(struct tpacket2_hdr, tp_status)", (long) PacketDescriptor.STATUS_OFFSET);
        numbers.put("offsetof(struct tpacket2_hdr, tp_len)", (long) PacketDescriptor.LENGTH_OFFSET);
        numbers.put("offsetof(struct tpacket2_hdr, tp_snaplen)", (long) PacketDescriptor.SNAP_LENGTH_OFFSET);
        numbers.put("offsetof(struct tpacket2_hdr, tp_mac)", (long) PacketDescriptor.MAC_OFFSET);
        numbers.put("offsetof(struct tpacket2_hdr, tp_vlan_tci)", (long) PacketDescriptor.VLAN_CONTROL_OFFSET);
        numbers.put("offsetof(struct tpacket2_hdr, tp_vlan_tpid)", (long) PacketDescriptor.VLAN_TYPE_OFFSET);
        numbers.put("TPACKET_ALIGN(sizeof(struct tpacket2_hdr))", (long) PacketDescriptor.HEADER_LENGTH);
        numbers.put("TPACKET2_HDRLEN", (long) PacketDescriptor.FULL_HEADER_LENGTH);
        numbers.put("sizeof(struct tpacket_req)", (long) PacketDescriptor.REQUEST_LENGTH);
        numbers.put("offsetof(struct tpacket_req, tp_block_size)", (long) PacketDescriptor.BLOCK_SIZE_OFFSET);
        numbers.put("offsetof(struct tpacket_req, tp_block_nr)", (long) PacketDescriptor.BLOCKS_OFFSET);
        numbers.put("offsetof(struct tpacket_req, tp_frame_size)", (long) PacketDescriptor.FRAME_SIZE_OFFSET);
        numbers.put("offsetof(struct tpacket_req, tp_frame_nr)", (long) PacketDescriptor.FRAMES_OFFSET);
        numbers.put("sizeof(struct sockaddr_ll)", (long) PacketDescriptor.ADDRESS_LENGTH);
        numbers.put("offsetof(struct sockaddr_ll, sll_protocol)", (long) PacketDescriptor.ADDRESS_PROTOCOL_OFFSET);
        numbers.put("offsetof(struct sockaddr_ll, sll_ifindex)", (long) PacketDescriptor.ADDRESS_INDEX_OFFSET);
        numbers.put("sizeof(struct packet_mreq)", (long) PacketDescriptor.MEMBERSHIP_LENGTH);
        numbers.put("offsetof(struct packet_mreq, mr_type)", (long) PacketDescriptor.MEMBERSHIP_TYPE_OFFSET);
        numbers.put("offsetof(struct packet_mreq, mr_alen)", (long) PacketDescriptor.MEMBERSHIP_ADDRESS_LENGTH_OFFSET);
        numbers.put("offsetof(struct packet_mreq, mr_address)", (long) PacketDescriptor.MEMBERSHIP_ADDRESS_OFFSET);
        numbers.put("sizeof(struct tpacket_stats)", (long) PacketDescriptor.STATISTICS_LENGTH);
        numbers.put("offsetof(struct tpacket_stats, tp_drops)", (long) PacketDescriptor.STATISTICS_DROPS_OFFSET);
    }

    private static void addSocket(final Map<String, Long> numbers) {
        numbers.put("SOCK_RAW", (long) SocketDescriptor.SOCK_RAW);
        numbers.put("SOL_SOCKET", (long) SocketDescriptor.SOL_SOCKET);
        numbers.put("SO_ERROR", (long) SocketDescriptor.SO_ERROR);
        numbers.put("SO_SNDBUF", (long) SocketDescriptor.SO_SNDBUF);
        numbers.put("SO_RCVBUF", (long) SocketDescriptor.SO_RCVBUF);
        numbers.put("SO_ATTACH_FILTER", (long) SocketDescriptor.SO_ATTACH_FILTER);
        numbers.put("SO_SNDBUFFORCE", (long) SocketDescriptor.SO_SNDBUFFORCE);
        numbers.put("SO_ATTACH_BPF", (long) SocketDescriptor.SO_ATTACH_BPF);
        numbers.put("SO_RCVBUFFORCE", (long) SocketDescriptor.SO_RCVBUFFORCE);
        numbers.put("ARPHRD_ETHER", (long) SocketDescriptor.ARPHRD_ETHER);
        numbers.put("PACKET_OUTGOING", (long) SocketDescriptor.PACKET_OUTGOING);
        numbers.put("sizeof(struct sock_fprog)", (long) SocketDescriptor.PROGRAM_LENGTH);
        numbers.put("offsetof(struct sock_fprog, filter)", (long) SocketDescriptor.PROGRAM_FILTER_OFFSET);
        numbers.put("sizeof(struct sock_filter)", (long) SocketDescriptor.INSTRUCTION_LENGTH);
        numbers.put("offsetof(struct sock_filter, jt)", (long) SocketDescriptor.JUMP_TRUE_OFFSET);
        numbers.put("offsetof(struct sock_filter, jf)", (long) SocketDescriptor.JUMP_FALSE_OFFSET);
        numbers.put("offsetof(struct sock_filter, k)", (long) SocketDescriptor.CONSTANT_OFFSET);
        numbers.put("BPF_LD | BPF_W | BPF_ABS", (long) SocketDescriptor.LOAD_WORD);
        numbers.put("BPF_LD | BPF_H | BPF_ABS", (long) SocketDescriptor.LOAD_HALF);
        numbers.put("BPF_LD | BPF_B | BPF_ABS", (long) SocketDescriptor.LOAD_BYTE);
        numbers.put("BPF_JMP | BPF_JEQ | BPF_K", (long) SocketDescriptor.JUMP_EQUAL);
        numbers.put("BPF_JMP | BPF_JSET | BPF_K", (long) SocketDescriptor.JUMP_ANY_BIT);
        numbers.put("BPF_RET | BPF_K", (long) SocketDescriptor.RETURN);
        numbers.put("SKF_AD_OFF + SKF_AD_PKTTYPE", (long) SocketDescriptor.PACKET_TYPE);
        numbers.put("offsetof(struct ifreq, ifr_hwaddr) + offsetof(struct sockaddr, sa_data)",
                (long) InterfaceRequest.VALUE_OFFSET + InterfaceRequest.HARDWARE_ADDRESS_OFFSET);
        numbers.put("SIOCGIFHWADDR", InterfaceRequest.SIOCGIFHWADDR);
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
        numbers.put("BPF_FUNC_get_prandom_u32", (long) Bpf.FUNC_GET_PRANDOM_U32);
        numbers.put("BPF_FUNC_skb_load_bytes", (long) Bpf.FUNC_SKB_LOAD_BYTES);
        numbers.put("offsetof(struct __sk_buff, queue_mapping)", (long) Bpf.SKB_QUEUE);
        numbers.put("offsetof(struct __sk_buff, gso_size)", (long) Bpf.SKB_GSO_SIZE);
        numbers.put("offsetof(struct __sk_buff, protocol)", (long) Bpf.SKB_PROTOCOL_OFFSET);
        numbers.put("sizeof(struct bpf_insn)", (long) BpfCode.INSTRUCTION_LENGTH);
        numbers.put("BPF_B", (long) BpfCode.BYTE);
        numbers.put("BPF_H", (long) BpfCode.HALF);
        numbers.put("BPF_W", (long) BpfCode.WORD);
    }

    private static void addBpfOfInterfaces(final Map<String, Long> numbers) {
        numbers.put("BPF_PROG_TEST_RUN", (long) Bpf.PROG_TEST_RUN);
        numbers.put("BPF_LINK_CREATE", (long) Bpf.LINK_CREATE);
        numbers.put("BPF_PROG_TYPE_SCHED_CLS", (long) Bpf.PROG_TYPE_SCHED_CLS);
        numbers.put("BPF_TCX_INGRESS", (long) Bpf.TCX_INGRESS);
        numbers.put("BPF_F_BEFORE", (long) Bpf.F_BEFORE);
        numbers.put("TCX_NEXT", (long) Bpf.TCX_NEXT);
        numbers.put("TCX_DROP", (long) Bpf.TCX_DROP);
        numbers.put("PACKET_HOST", (long) Bpf.PACKET_HOST);
        numbers.put("offsetof(struct __sk_buff, len)", (long) Bpf.SKB_LENGTH);
        numbers.put("offsetof(struct __sk_buff, pkt_type)", (long) Bpf.SKB_PACKET_TYPE);
        numbers.put("offsetof(struct __sk_buff, vlan_present)", (long) Bpf.SKB_VLAN_PRESENT);
        numbers.put("offsetof(union bpf_attr, link_create.prog_fd)", (long) Bpf.LINK_PROG_OFFSET);
        numbers.put("offsetof(union bpf_attr, link_create.target_ifindex)", (long) Bpf.LINK_TARGET_OFFSET);
        numbers.put("offsetof(union bpf_attr, link_create.attach_type)", (long) Bpf.LINK_ATTACH_TYPE_OFFSET);
        numbers.put("offsetof(union bpf_attr, link_create.flags)", (long) Bpf.LINK_FLAGS_OFFSET);
        numbers.put("offsetof(union bpf_attr, test.prog_fd)", (long) Bpf.TEST_PROG_OFFSET);
        numbers.put("offsetof(union bpf_attr, test.retval)", (long) Bpf.TEST_RESULT_OFFSET);
        numbers.put("offsetof(union bpf_attr, test.data_size_in)", (long) Bpf.TEST_SIZE_IN_OFFSET);
        numbers.put("offsetof(union bpf_attr, test.data_in)", (long) Bpf.TEST_DATA_IN_OFFSET);
    }

    private static void addNetlink(final Map<String, Long> numbers) {
        numbers.put("AF_NETLINK", (long) Netlink.AF_NETLINK);
        numbers.put("NETLINK_ROUTE", (long) Netlink.NETLINK_ROUTE);
        numbers.put("NLM_F_REQUEST", (long) Netlink.NLM_F_REQUEST);
        numbers.put("NLM_F_DUMP", (long) Netlink.NLM_F_DUMP);
        numbers.put("NLMSG_ERROR", (long) Netlink.NLMSG_ERROR);
        numbers.put("NLMSG_DONE", (long) Netlink.NLMSG_DONE);
        numbers.put("RTM_GETADDR", (long) Netlink.RTM_GETADDR);
        numbers.put("RTM_NEWADDR", (long) Netlink.RTM_NEWADDR);
        numbers.put("RTM_GETROUTE", (long) Netlink.RTM_GETROUTE);
        numbers.put("RTM_NEWROUTE", (long) Netlink.RTM_NEWROUTE);
        numbers.put("sizeof(struct nlmsghdr)", (long) Netlink.HEADER_LENGTH);
        numbers.put("offsetof(struct nlmsghdr, nlmsg_type)", (long) Netlink.TYPE_OFFSET);
        numbers.put("offsetof(struct nlmsghdr, nlmsg_flags)", (long) Netlink.FLAGS_OFFSET);
        numbers.put("NLMSG_ALIGNTO", (long) Netlink.ALIGNMENT);
        numbers.put("sizeof(struct ifaddrmsg)", (long) Netlink.ADDRESS_LENGTH);
        numbers.put("offsetof(struct ifaddrmsg, ifa_prefixlen)", (long) Netlink.ADDRESS_PREFIX_OFFSET);
        numbers.put("offsetof(struct ifaddrmsg, ifa_flags)", (long) Netlink.ADDRESS_FLAGS_OFFSET);
        numbers.put("offsetof(struct ifaddrmsg, ifa_index)", (long) Netlink.ADDRESS_INDEX_OFFSET);
        numbers.put("IFA_ADDRESS", (long) Netlink.IFA_ADDRESS);
        numbers.put("IFA_LOCAL", (long) Netlink.IFA_LOCAL);
        numbers.put("IFA_FLAGS", (long) Netlink.IFA_FLAGS);
        numbers.put("IFA_F_TEMPORARY", (long) Netlink.IFA_F_TEMPORARY);
        numbers.put("IFA_F_DADFAILED", (long) Netlink.IFA_F_DADFAILED);
        numbers.put("IFA_F_DEPRECATED", (long) Netlink.IFA_F_DEPRECATED);
        numbers.put("IFA_F_TENTATIVE", (long) Netlink.IFA_F_TENTATIVE);
        numbers.put("sizeof(struct rtmsg)", (long) Netlink.ROUTE_LENGTH);
        numbers.put("offsetof(struct rtmsg, rtm_dst_len)", (long) Netlink.ROUTE_PREFIX_OFFSET);
        numbers.put("offsetof(struct rtmsg, rtm_table)", (long) Netlink.ROUTE_TABLE_OFFSET);
        numbers.put("offsetof(struct rtmsg, rtm_type)", (long) Netlink.ROUTE_TYPE_OFFSET);
        numbers.put("RT_TABLE_MAIN", (long) Netlink.RT_TABLE_MAIN);
        numbers.put("RTN_UNICAST", (long) Netlink.RTN_UNICAST);
        numbers.put("RTA_DST", (long) Netlink.RTA_DST);
        numbers.put("RTA_OIF", (long) Netlink.RTA_OIF);
        numbers.put("RTA_GATEWAY", (long) Netlink.RTA_GATEWAY);
        numbers.put("RTA_PRIORITY", (long) Netlink.RTA_PRIORITY);
        numbers.put("sizeof(struct rtattr)", (long) Netlink.ATTRIBUTE_HEADER);
        numbers.put("offsetof(struct rtattr, rta_type)", (long) Netlink.ATTRIBUTE_TYPE_OFFSET);
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
        numbers.put("ENOSPC", (long) Errno.ENOSPC);
        numbers.put("ERANGE", (long) Errno.ERANGE);
        numbers.put("ELOOP", (long) Errno.ELOOP);
        numbers.put("ENOBUFS", (long) Errno.ENOBUFS);
        numbers.put("ENOSYS", (long) Errno.ENOSYS);
        numbers.put("EBADFD", (long) Errno.EBADFD);
        numbers.put("ENXIO", (long) Errno.ENXIO);
        numbers.put("EAFNOSUPPORT", (long) Errno.EAFNOSUPPORT);
        numbers.put("ENETDOWN", (long) Errno.ENETDOWN);
    }

    private static void addWaiting(final Map<String, Long> numbers) {
        numbers.put("RUSAGE_THREAD", (long) ThreadCalls.RUSAGE_THREAD);
        numbers.put("sizeof(struct rusage)", (long) ThreadCalls.USAGE_LENGTH);
        numbers.put("offsetof(struct rusage, ru_nivcsw)", (long) ThreadCalls.USAGE_INVOLUNTARY_OFFSET);
        numbers.put("POLLIN", (long) ThreadCalls.POLLIN);
        numbers.put("sizeof(struct pollfd)", (long) ThreadCalls.POLL_LENGTH);
        numbers.put("offsetof(struct pollfd, events)", (long) ThreadCalls.POLL_EVENTS_OFFSET);
        numbers.put("offsetof(struct pollfd, revents)", (long) ThreadCalls.POLL_RESULT_OFFSET);
        numbers.put("sizeof(struct timespec)", (long) ThreadCalls.TIMESPEC_LENGTH);
        numbers.put("offsetof(struct timespec, tv_nsec)", (long) ThreadCalls.TIMESPEC_NS_OFFSET);
    }
}
