"""hostile-frames.py INTERFACE MAC SEED COUNT: sends frames that are wrong in one way or several; prints how many left."""
import random
import socket
import struct
import sys

SOL_PACKET, PACKET_VNET_HDR, ETH_P_ALL = 263, 15, 3
NEEDS_CSUM, DATA_VALID = 1, 2
GSO_TYPES = [0, 1, 3, 4, 5, 0x81, 0x84, 7]
EDGES = [0, 1, 7, 13, 14, 19, 20, 27, 28, 33, 34, 39, 40, 53, 54, 59, 60, 1499, 1500, 1514, 0x7FFF, 0x8000, 0xFFFF]


def transport(random_, protocol, length):
    ports = random_.randrange(65536), random_.choice([7, 80, random_.randrange(65536)])
    if protocol == 6:
        header = struct.pack("!HHIIBBHHH", *ports, random_.getrandbits(32), random_.getrandbits(32),
                             random_.choice([0x50, 0x60, 0xF0, 0x00, 0x40]), random_.randrange(256),
                             random_.randrange(65536), random_.randrange(65536), 0)
    elif protocol == 17:
        header = struct.pack("!HHHH", *ports, random_.choice([8 + length] + EDGES) & 0xFFFF, 0)
    else:
        header = struct.pack("!BBHI", random_.randrange(256), random_.randrange(3), 0, random_.getrandbits(32))
    return header + random_.randbytes(length)


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data[:len(data) // 2 * 2]))
    total += data[-1] << 8 if len(data) % 2 else 0
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def summed(random_, data, at):
    """With the right checksum, mostly: else nothing gets far."""
    if random_.random() < 0.05 or len(data) < at + 2:
        return data
    return data[:at] + struct.pack("!H", checksum(data)) + data[at + 2:]


def packet(random_):
    length = random_.choice([random_.randrange(64), random_.randrange(1400), random_.randrange(60000)])
    protocol = random_.choice([1, 6, 6, 17, 17, 58, 44, 0, 43, 60, random_.randrange(256)])
    body = transport(random_, protocol, length)
    if random_.random() < 0.5:
        total = random_.choice([20 + len(body)] * 3 + EDGES) & 0xFFFF
        body = summed(random_, body, 2) if protocol == 1 else body
        header = struct.pack("!BBHHHBBH4s4s", random_.choice([0x45, 0x45, 0x45, 0x4F, 0x40, 0x55]), 0, total,
                             random_.randrange(65536), random_.choice([0, 0, 0x2000, 0x1FFF, 0x4000]), 64, protocol,
                             0, bytes([10, 77, 0, random_.choice([1, 9])]), bytes([10, 77, 0, 2]))
        return 0x0800, summed(random_, header, 10) + body
    total = random_.choice([len(body)] * 3 + EDGES) & 0xFFFF
    return 0x86DD, struct.pack("!IHBB", 6 << 28, total, protocol, random_.choice([64, 255, 1])) + \
        socket.inet_pton(socket.AF_INET6, "fd77::1") + socket.inet_pton(socket.AF_INET6, "fd77::2") + body


def virtio(random_, frame):
    flags = random_.choice([0, 0, NEEDS_CSUM, NEEDS_CSUM, DATA_VALID, 0xFF])
    type_ = random_.choice(GSO_TYPES)
    size = random_.choice([1, 8, 1448, 1460] + EDGES)
    start = random_.choice([34, 54, 14, len(frame) & 0xFFFF] + EDGES)
    offset = random_.choice([16, 6, 2] + EDGES)
    return struct.pack("=BBHHHH", flags, type_, random_.choice([54, 74, 42, 62] + EDGES), size, start, offset)


def main():
    interface, mac, seed, count = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", "")), *map(int, sys.argv[3:])
    random_ = random.Random(seed)
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    sender.bind((interface, 0))
    left = 0
    for _ in range(count):
        type_, bytes_ = packet(random_)
        if random_.random() < 0.05:
            type_ = random_.choice([0x0806, 0x8100, 0x88A8, 0x0800, 0, random_.randrange(65536)])
        to = mac if random_.random() < 0.9 else random_.choice([b"\xff" * 6, b"\x33\x33\x00\x00\x00\x01"])
        frame = to + b"\x02\x00\x00\x00\x00\x09" + struct.pack("!H", type_) + bytes_
        if random_.random() < 0.2:
            frame = frame[:random_.choice([0, 1, 13, 14, 15, random_.randrange(80)])]
        header = bytes(10) if random_.random() < 0.3 else virtio(random_, frame)
        try:
            sender.send(header + frame)
            left += 1
        except OSError:
            pass  # the kernel of the sender knows better, or has no room
    print(left)


main()
