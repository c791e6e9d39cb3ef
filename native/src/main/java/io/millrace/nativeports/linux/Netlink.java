package io.millrace.nativeports.linux;

/** Numbers of {@code linux/netlink.h}, {@code rtnetlink.h} and {@code if_addr.h}. */
final class Netlink {
    static final int AF_NETLINK = 16;
    static final int NETLINK_ROUTE = 0;

    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_DUMP = 0x300;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWADDR = 20;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWROUTE = 24;

    /** {@code struct nlmsghdr}. */
    static final int HEADER_LENGTH = 16;
    static final int TYPE_OFFSET = 4;
    static final int FLAGS_OFFSET = 6;
    /** Messages and attributes begin at multiples of it. */
    static final int ALIGNMENT = 4;

    /** {@code struct ifaddrmsg}. */
    static final int ADDRESS_LENGTH = 8;
    static final int ADDRESS_PREFIX_OFFSET = 1;
    static final int ADDRESS_FLAGS_OFFSET = 2;
    static final int ADDRESS_INDEX_OFFSET = 4;
    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_FLAGS = 8;
    /** Of IPv6: temporary. Of IPv4 the same bit says that there is another address of the network, which is no harm. */
    static final int IFA_F_TEMPORARY = 0x01;
    static final int IFA_F_DADFAILED = 0x08;
    static final int IFA_F_DEPRECATED = 0x20;
    static final int IFA_F_TENTATIVE = 0x40;

    /** {@code struct rtmsg}. */
    static final int ROUTE_LENGTH = 12;
    static final int ROUTE_PREFIX_OFFSET = 1;
    static final int ROUTE_TABLE_OFFSET = 4;
    static final int ROUTE_TYPE_OFFSET = 7;
    static final int RT_TABLE_MAIN = 254;
    static final int RTN_UNICAST = 1;
    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    static final int RTA_PRIORITY = 6;

    /** {@code struct rtattr}: its length at 0, its type behind, then the value. */
    static final int ATTRIBUTE_HEADER = 4;
    static final int ATTRIBUTE_TYPE_OFFSET = 2;

    private Netlink() {}
}
