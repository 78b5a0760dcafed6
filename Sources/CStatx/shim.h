#pragma once

#include <linux/stat.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Which file a path leads to, and nothing else of it; -1 with errno. A `stat` asks for the times as well, and Linux (from 6.13 on)
/// then gives the file a new one with its next write, which has to go to the disk with it. Swift cannot call variadic functions.
/// - directory: where a relative path begins; `AT_FDCWD`: the process's.
static inline int das_file_identity(int directory, const char *path, uint64_t *device, uint64_t *inode) {
    struct statx status;
    if (syscall(SYS_statx, directory, path, 0, STATX_INO, &status) != 0) return -1;
    *device = ((uint64_t)status.stx_dev_major << 32) | status.stx_dev_minor;
    *inode = status.stx_ino;
    return 0;
}
