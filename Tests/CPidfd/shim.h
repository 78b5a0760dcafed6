#pragma once

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/// A descriptor that can be read from once the process has ended; -1 with ESRCH where there is none. Swift cannot call
/// variadic functions.
static inline int das_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
