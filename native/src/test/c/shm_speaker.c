/*
 * Speaks the shared memory of Millrace as native/SHARED-MEMORY.md has it, whose block of numbers is shm_numbers.h.
 *
 *   shm_speaker FILE COUNT [die]
 *
 * takes a free side of FILE, which it makes where nobody has it (MTU 1500, one queue, 16 frames), and sends each frame back
 * with 1 added to its last byte. After COUNT frames it leaves; with "die" it ends as if it were killed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "shm_numbers.h"

#define U16(p) (*(volatile uint16_t *) (p))
#define U32(p) (*(volatile uint32_t *) (p))
#define U64(p) (*(volatile uint64_t *) (p))
#define LOAD(p) __atomic_load_n((uint64_t *) (p), __ATOMIC_ACQUIRE)
#define STORE(p, v) __atomic_store_n((uint64_t *) (p), (v), __ATOMIC_RELEASE)

static int fd, pipe_fd, side;
static uint8_t *file, *mine, *yours, *my_ring, *my_returns, *your_ring, *your_returns, *my_pool, *your_pool;
static uint64_t frames, entries, slot, generation, earlier, seen, rung;
static uint64_t sent, sent_published, first_number, returned, taken, came_back;
static uint32_t free_frames[65536], free_count;
static uint8_t away[65536];
static int joined;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int lock(int command, short type, off_t at) {
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
    int result = fcntl(fd, command, &l);
    return command == F_OFD_GETLK ? l.l_type != F_UNLCK : result;
}

static uint64_t round_up(uint64_t bytes) {
    return (bytes + 65535) / 65536 * 65536;
}

static void make(void) {
    uint64_t mtu = 1500, count = 16, slot_length = 2048 / 64 + 1;
    uint64_t rings = RINGS + 2 * count * (2 * ENTRY_LENGTH + RETURN_LENGTH);
    uint64_t queue = round_up(rings) + 2 * round_up(count * slot_length * 64);
    if (ftruncate(fd, 0) || posix_fallocate(fd, 0, HEADER_BYTES + queue)) fail("make");
    uint8_t *h = mmap(0, HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    U64(h + HEADER_MAGIC) = MAGIC;
    U32(h + HEADER_MTU) = mtu;
    U32(h + HEADER_QUEUES) = 1;
    U32(h + HEADER_FRAMES) = count;
    U32(h + HEADER_SLOT_LENGTH) = slot_length * 64;
    U64(h + HEADER_LENGTH) = HEADER_BYTES + queue;
    U64(h + HEADER_QUEUE_OFFSET) = HEADER_BYTES;
    U64(h + HEADER_QUEUE_LENGTH) = queue;
    U32(h + HEADER_VERSION) = VERSION;
    munmap(h, HEADER_BYTES);
}

static void ring(void) {
    if (write(pipe_fd, "", 1) < 0) { /* it is full: that wakes, too */ }
}

static void restart(void) {
    sent = sent_published = returned = taken = came_back = 0;
    STORE(mine + CONTROL_TAKEN, 0);
    STORE(mine + CONTROL_RETURNED, 0);
}

static void attach(const char *path) {
    if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0) fail(path);
    while (lock(F_OFD_SETLK, F_WRLCK, LOCK_ATTACHING)) usleep(1000);
    if (!lock(F_OFD_GETLK, F_WRLCK, LOCK_SIDE) && !lock(F_OFD_GETLK, F_WRLCK, LOCK_SIDE + 1)) make();
    struct stat s;
    fstat(fd, &s);
    file = mmap(0, s.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED || U64(file + HEADER_MAGIC) != MAGIC || U32(file + HEADER_VERSION) != VERSION) fail("header");
    for (side = 0; side < 2 && lock(F_OFD_SETLK, F_WRLCK, LOCK_SIDE + side); side++) {}
    if (side == 2) fail("both sides are taken");
    frames = U32(file + HEADER_FRAMES);
    slot = U32(file + HEADER_SLOT_LENGTH);
    uint8_t *info = file + SIDES + side * SIDE_LENGTH;
    generation = ++U64(info + SIDE_GENERATION);
    U64(info + SIDE_PID) = getpid();

    uint8_t *queue = file + U64(file + HEADER_QUEUE_OFFSET);
    entries = 2 * frames;
    mine = queue + CONTROLS + side * CONTROL_LENGTH;
    yours = queue + CONTROLS + (1 - side) * CONTROL_LENGTH;
    my_ring = queue + RINGS + side * entries * ENTRY_LENGTH;
    your_ring = queue + RINGS + (1 - side) * entries * ENTRY_LENGTH;
    uint8_t *returns = queue + RINGS + 2 * entries * ENTRY_LENGTH;
    my_returns = returns + side * frames * RETURN_LENGTH;
    your_returns = returns + (1 - side) * frames * RETURN_LENGTH;
    uint8_t *pools = queue + round_up(RINGS + 2 * (entries * ENTRY_LENGTH + frames * RETURN_LENGTH));
    my_pool = pools + side * round_up(frames * slot);
    your_pool = pools + (1 - side) * round_up(frames * slot);

    char name[4096];
    snprintf(name, sizeof name, "%s.wake%d-0", path, 1 - side);
    mkfifo(name, 0600);
    pipe_fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);

    if (!lock(F_OFD_GETLK, F_WRLCK, LOCK_SIDE + 1 - side)) STORE(yours + CONTROL_SESSION, 0);
    STORE(mine + CONTROL_SESSION, 0);
    restart();
    earlier = LOAD(yours + CONTROL_SESSION);
    if (earlier) {
        seen = earlier;
        memset(away, 1, frames);
        STORE(mine + CONTROL_GREETED, earlier);
    } else {
        for (uint64_t i = 0; i < frames; i++) free_frames[free_count++] = i;
    }
    STORE(mine + CONTROL_SESSION, generation);
    ring();
    lock(F_OFD_SETLK, F_UNLCK, LOCK_ATTACHING);
}

static void give_back(uint32_t frame) {
    U32(my_returns + returned++ % frames * RETURN_LENGTH) = frame;
}

static uint64_t number(uint64_t position, uint64_t sender, uint64_t receiver) {
    return ((position + 1) & 0xFFFFFFFF) | (sender + receiver) << 32;
}

static void publish(void) {
    if (sent != sent_published) {
        STORE(my_ring + sent_published % entries * ENTRY_LENGTH + ENTRY_NUMBER, first_number);
        sent_published = sent;
    }
    STORE(mine + CONTROL_RETURNED, returned);
    STORE(mine + CONTROL_TAKEN, taken);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint64_t sleep = LOAD(yours + CONTROL_SLEEP);
    if ((sleep & 1) && sleep != rung) {
        rung = sleep;
        ring();
    }
}

/* The other side is another one: what it had is free, what it brings begins at 0. */
static void on_other(uint64_t session) {
    joined = 0;
    for (uint64_t i = 0; i < frames; i++) {
        if (away[i]) {
            away[i] = 0;
            free_frames[free_count++] = i;
        }
    }
    seen = session;
    if (session) {
        restart();
        if (session != earlier) {
            for (uint64_t i = 0; i < frames; i++) give_back(i);
            STORE(mine + CONTROL_RETURNED, returned);
        }
        STORE(mine + CONTROL_GREETED, session);
        ring();
    }
}

static void send_back(const uint8_t *bytes, uint32_t length) {
    uint8_t *entry = my_ring + sent % entries * ENTRY_LENGTH, *copy;
    if (ENTRY_ROOM + length <= ENTRY_LENGTH && sent - LOAD(yours + CONTROL_TAKEN) < frames) {
        copy = entry + ENTRY_ROOM;
        U16(entry + ENTRY_FRAME) = 0;
        U16(entry + ENTRY_OFFSET) = ENTRY_ROOM;
        U32(entry + ENTRY_BYTES_AND_MARKS) = length | MARK_SMALL << MARKS_SHIFT;
    } else {
        uint32_t frame = free_frames[--free_count];
        away[frame] = 1;
        copy = my_pool + frame * slot + 64;
        U16(entry + ENTRY_FRAME) = frame;
        U16(entry + ENTRY_OFFSET) = 64;
        U32(entry + ENTRY_BYTES_AND_MARKS) = length;
    }
    memcpy(copy, bytes, length);
    copy[length - 1]++;
    if (sent == sent_published) {
        first_number = number(sent, generation, seen);
    } else {
        U64(entry + ENTRY_NUMBER) = number(sent, generation, seen);
    }
    sent++;
}

static int turn(void) {
    uint64_t back = LOAD(yours + CONTROL_RETURNED), session = LOAD(yours + CONTROL_SESSION);
    int count = 0;
    if (session != seen) {
        on_other(session);
    } else if (joined) {
        for (; came_back < back; came_back++) {
            uint32_t frame = U32(your_returns + came_back % frames * RETURN_LENGTH);
            if (frame >= frames || !away[frame]) fail("returned");
            away[frame] = 0;
            free_frames[free_count++] = frame;
        }
        for (; free_count; taken++, count++) {
            uint8_t *entry = your_ring + taken % entries * ENTRY_LENGTH;
            if (LOAD(entry + ENTRY_NUMBER) != number(taken, session, generation)) break;
            uint32_t frame = U16(entry + ENTRY_FRAME), offset = U16(entry + ENTRY_OFFSET);
            uint32_t length = U32(entry + ENTRY_BYTES_AND_MARKS) & BYTES_MASK;
            if (U32(entry + ENTRY_BYTES_AND_MARKS) >> MARKS_SHIFT == MARK_SMALL) {
                if (offset - ENTRY_ROOM > 7 || offset + length > ENTRY_LENGTH) fail("sent small");
                send_back(entry + offset, length);
            } else {
                if (frame >= frames || offset + length > slot) fail("sent");
                send_back(your_pool + frame * slot + offset, length);
                give_back(frame);
            }
        }
        if (count) publish();
    } else if (seen && LOAD(yours + CONTROL_GREETED) == generation) {
        joined = 1;
    }
    return count;
}

int main(int argc, char **argv) {
    alarm(60);
    attach(argv[1]);
    for (long count = atol(argv[2]); count > 0; count -= turn()) {}
    if (argc > 3) _exit(0);
    STORE(mine + CONTROL_SESSION, 0);
    ring();
    return 0;
}
