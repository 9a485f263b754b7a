"""Let every fsync of this process fail from here on, as a dying disk does; cannot be undone."""

import ctypes
import errno
import platform
import struct

FSYNC_AND_FDATASYNC = {"x86_64": (74, 75), "aarch64": (82, 83)}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000 | errno.EIO


class Program(ctypes.Structure):
    """``struct sock_fprog`` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def fail_every_fsync():
    """Have the kernel answer fsync and fdatasync with EIO, without trying: a seccomp filter."""
    numbers = FSYNC_AND_FDATASYNC[platform.machine()]
    steps = [
        (LOAD_WORD, 0, 0, 0),  # the system call's number
        *((JUMP_IF_EQUAL, len(numbers) - place, 0, each) for place, each in enumerate(numbers)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, FAIL),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = Program(len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "no seccomp filter")
