#pragma once

/// Timers that are descriptors. Swift's Glibc leaves the header out.
#include <sys/timerfd.h>
