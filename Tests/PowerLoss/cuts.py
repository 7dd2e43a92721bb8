"""Cuts the power of a disk whose writes and flushes were logged, and judges what was found afterwards.

The log is dm-log-writes' format (include/linux/... drivers/md/dm-log-writes.c), as QEMU's blklogwrites
writes it: a super block, then for each request an entry in a sector of its own and its data.
"""

import os
import random
import shutil
import struct
import sys

MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4
SECTOR = 512
# The clock of the numbered load: a sample a second.
INTERVAL_MS = 1000


class Request:
    """One request of the guest's disk: where, what, and whether it asks for a flush."""

    def __init__(self, sector, flags, data):
        self.sector, self.flags, self.data = sector, flags, data


def read_log(path):
    with open(path, "rb") as log:
        magic, version, entries, sector_size = struct.unpack("<QQQI", log.read(28))
        assert magic == MAGIC and version == 1, "no log of blklogwrites"
        log.seek(sector_size)
        while True:
            head = log.read(sector_size)
            if len(head) < 32:
                return
            sector, sectors, flags, _ = struct.unpack("<QQQQ", head[:32])
            if sector == sectors == flags == 0:
                return
            length = 0 if flags & DISCARD else sectors * sector_size
            yield Request(sector * sector_size // SECTOR, flags, log.read(length))


def acknowledged(request, sector):
    """The number in an acknowledgement, or None where it is another write."""
    if request.sector != sector or not request.data.startswith(b"ACKNOWLEDGED "):
        return None
    return int(request.data.split(b"\n")[0].split()[1])


def apply(disk, request, keep=None):
    """Writes a request to a disk; of its sectors those that `keep` lets pass."""
    if keep is None:
        disk.seek(request.sector * SECTOR)
        disk.write(request.data)
        return
    for offset in range(0, len(request.data), SECTOR):
        if keep():
            disk.seek(request.sector * SECTOR + offset)
            disk.write(request.data[offset : offset + SECTOR])


def choose(requests, count, chance):
    """Half of the cuts anywhere, half right before a flush, where most is at stake."""
    flushes = [index for index, request in enumerate(requests) if request.flags & FLUSH]
    first = next(i for i, r in enumerate(requests) if r.data.startswith(b"SQLite format 3"))
    late = [index for index in flushes if index > first]
    some = [chance.randrange(first // 2, len(requests)) for _ in range(count - count // 2)]
    return sorted(some + [chance.choice(late) for _ in range(count // 2)])


def survivors(chance):
    """Which of the sectors that were not flushed are kept: none, most, few, all but torn writes."""
    share = chance.choice([0.0, 0.1, 0.5, 0.9, 1.0])
    return lambda: chance.random() < share


def cut(work, count, seed, acknowledge_sector):
    chance = random.Random(seed)
    requests = list(read_log(f"{work}/log"))
    flushed = open(f"{work}/before", "r+b")
    pending, told, at = [], 0, 0
    with open(f"{work}/expected", "w") as expected:
        for number, end in enumerate(choose(requests, count, chance)):
            for request in requests[at:end]:
                told = acknowledged(request, acknowledge_sector) or told
                if request.flags & FLUSH:
                    for earlier in pending:
                        apply(flushed, earlier)
                    pending = []
                if request.flags & FUA:
                    apply(flushed, request)
                elif request.data:
                    pending.append(request)
            at = end
            flushed.flush()
            name = f"cut-{number:03}"
            os.system(f"cp --sparse=always '{work}/before' '{work}/{name}'")
            kept = survivors(chance)
            with open(f"{work}/{name}", "r+b") as disk:
                for request in pending:
                    apply(disk, request, kept)
            expected.write(f"{name} {told} {end} {len(pending)}\n")
    flushes = sum(1 for request in requests if request.flags & FLUSH)
    print(f"power loss: {len(requests)} requests, {flushes} flushes, {told} acknowledged at the last cut")


def ranges(text):
    return [tuple(map(int, word.split("-"))) for word in text.split() if "-" in word]


def judge(work, sync_ms):
    found = {}
    for line in open(f"{work}/found"):
        name, rest = line.split(" ", 1)
        found[name] = rest.strip()
    bad, worst, empty = 0, 0, 0
    for line in open(f"{work}/expected"):
        name, told, end, pending = line.split()
        told = int(told)
        trouble, lost = verdict(found.get(name), told, sync_ms)
        if lost is None:
            empty += 1
        else:
            worst = max(worst, lost)
        if trouble:
            bad += 1
            print(f"{name} at request {end}, {pending} unflushed, {told} acknowledged: {trouble}")
            print(f"  {found.get(name)}")
    print(
        f"power loss: {bad} bad of {len(found)}; at worst {worst} acknowledged samples of 1 s lost; "
        f"{empty} cut before there was a recording"
    )
    sys.exit(1 if bad else 0)


def verdict(text, told, sync_ms):
    """What is wrong with what was found, or None; and how many acknowledged samples are gone."""
    # What was acknowledged longer ago than this was on the disk.
    allowed = sync_ms // INTERVAL_MS + 1
    if text is None:
        return "it was not read", None
    parts = [part.strip() for part in text.split(";")]
    numbers = next((part[8:] for part in parts if part.startswith("numbers ")), None)
    if numbers is None:
        # Only before the first sample that was acknowledged.
        return (None if told == 0 and "problem" not in text else "no recording"), None
    # Of what was not flushed a later part may have reached the disk without an earlier one: that some of
    # the newest samples are gone is then said, and true.
    honest = "damage some of the newest samples: missing"
    wrong = [part for part in parts if part.startswith(("problem", "damage", "cannot"))]
    if any(not part.startswith(honest) for part in wrong):
        return "not whole", 0
    found = ranges(numbers)
    last = found[-1][1] if found else 0
    lost = max(0, told - last)
    if len(found) > 1:
        return "samples in between are missing", lost
    if told <= 700 and found and found[0][0] != 1:
        return "the first samples are missing", lost
    if lost > allowed:
        return f"{lost} acknowledged samples lost", lost
    then = next((ranges(part[5:]) for part in parts if part.startswith("then ")), [])
    if not then or then[-1][1] != last + 8:
        return "a recorder could not go on", lost
    return None, lost


if __name__ == "__main__":
    if sys.argv[1] == "cut":
        cut(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]) // SECTOR)
    else:
        judge(sys.argv[2], int(sys.argv[3]))
