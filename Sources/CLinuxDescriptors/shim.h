#pragma once

/// Timers that are descriptors, and descriptors that stand for many. Swift's Glibc leaves the headers out.
#include <sys/epoll.h>
#include <sys/timerfd.h>
