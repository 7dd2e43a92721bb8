#!/usr/bin/env python3
"""demand_less.py FILE...: makes ELF libraries demand no newer glibc than 2.31.

Libraries of Debian 12 name the version of each glibc function that they call. The functions they call are
older than the versions named, which only say where a function moved to or changed. So each demand for a
newer version becomes one for GLIBC_2.2.5, in place, and the functions are looked for under any version.
What 2.31 does not have at all is in old_glibc.c.
"""
import struct
import sys

NEWEST = (2, 31)
# Elf64_Shdr, sh_type
SHT_GNU_VERNEED = 0x6FFFFFFE
SHT_GNU_VERSYM = 0x6FFFFFFF
# Of a symbol: it has no version (VER_NDX_GLOBAL)
ANY = 1


def elf_hash(name):
    """The hash of a version's name (System V gABI, "Hash Table")."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value ^= value >> 24 & 0xF0
        value &= 0x0FFFFFFF
    return value


def sections(data):
    """(type, offset, size, link) of each section."""
    start, = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    for index in range(count):
        kind, = struct.unpack_from("<I", data, start + index * size + 4)
        offset, length, link = struct.unpack_from("<QQI", data, start + index * size + 24)
        yield kind, offset, length, link


def lower(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    found = list(sections(data))
    lowered = set()
    for kind, offset, _, link in found:
        if kind != SHT_GNU_VERNEED:
            continue
        names, length = found[link][1:3]
        old = data.find(b"\0GLIBC_2.2.5\0", names, names + length) + 1 - names
        need = offset
        while True:
            _, count, _, first, following = struct.unpack_from("<HHIII", data, need)
            aux = need + first
            for _ in range(count):
                _, _, number, name, after = struct.unpack_from("<IHHII", data, aux)
                end = data.index(b"\0", names + name)
                word = data[names + name : end].decode()
                version = tuple(int(part) for part in word.removeprefix("GLIBC_").split(".")) \
                    if word.startswith("GLIBC_2.") else (0,)
                if version > NEWEST:
                    if old <= 0:
                        sys.exit(f"{path}: no GLIBC_2.2.5 to put in the place of {word}")
                    struct.pack_into("<I", data, aux, elf_hash(b"GLIBC_2.2.5"))
                    struct.pack_into("<I", data, aux + 8, old)
                    lowered.add(number)
                aux += after
            if following == 0:
                break
            need += following
    for kind, offset, size, _ in found:
        if kind == SHT_GNU_VERSYM:
            for place in range(offset, offset + size, 2):
                if struct.unpack_from("<H", data, place)[0] in lowered:
                    struct.pack_into("<H", data, place, ANY)
    with open(path, "wb") as file:
        file.write(data)


for argument in sys.argv[1:]:
    lower(argument)
