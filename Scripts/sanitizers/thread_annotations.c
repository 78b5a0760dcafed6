// Tells Thread Sanitizer what Swift's runtime libraries, which are not built for it, do not tell, so that no report has to be
// suppressed. `make test SANITIZE=thread` preloads this library, which stands before functions of theirs:
//
// - A Mutex that is contended is taken and given up by the Synchronization library, or by the kernel (it is a priority-inheriting
//   futex). The sanitizer sees neither, and takes what the lock protects for a race.
// - A task that awaits a continuation goes on with what it did before, on another thread perhaps, and with what it is given. The
//   runtime tells of the resumption, and of a task that is woken, but not of the await, nor of a task that need not sleep.
//
// The names and layouts are those of Swift 6.3 on Linux. Under another toolchain nothing may be found under them: then there are
// false reports, but never a race that is hidden.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

// The sanitizer's runtime is part of the program; where there is none, there is nothing to tell.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static void *find(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    return found;
}

// MARK: Mutex

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *handle

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t owner, SELF) __asm__(LOCK);
SWIFT void lock_slow(uint32_t owner, SELF) {
    static SWIFT void (*_Atomic next)(uint32_t, SELF);
    if (next == NULL) next = find(LOCK);
    next(owner, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT _Bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT _Bool try_lock_slow(SELF) {
    static SWIFT _Bool (*_Atomic next)(SELF);
    if (next == NULL) next = find(TRY_LOCK);
    _Bool is_taken = next(handle);
    if (is_taken && __tsan_acquire) __tsan_acquire(handle);
    return is_taken;
}

SWIFT void unlock_slow(SELF) __asm__(UNLOCK);
SWIFT void unlock_slow(SELF) {
    static SWIFT void (*_Atomic next)(SELF);
    if (next == NULL) next = find(UNLOCK);
    if (__tsan_release) __tsan_release(handle);
    next(handle);
}

// MARK: Continuations

// The function with which a task goes on behind an await is replaced by one that first takes over what the resumption released.

#define ASYNC __attribute__((swiftasynccall))
#define CONTEXT __attribute__((swift_async_context)) struct continuation *continuation

struct continuation;
typedef ASYNC void (*resume_function)(CONTEXT);

// As far as the runtime's ABI fixes it.
struct continuation {
    void *parent;
    resume_function resume;
};

struct entry {
    struct continuation *key;
    resume_function resume;
    struct entry *next;
};

enum { table_size = 4096 };
static struct entry *table[table_size];
// Not a lock that the sanitizer knows of: it would order what has nothing to do with each other.
static atomic_flag table_lock = ATOMIC_FLAG_INIT;

static struct entry **bucket(struct continuation *key) { return &table[((uintptr_t)key >> 4) % table_size]; }

static void keep(struct continuation *key, resume_function resume) {
    struct entry *entry = malloc(sizeof *entry);
    if (entry == NULL) abort();
    entry->key = key;
    entry->resume = resume;
    while (atomic_flag_test_and_set(&table_lock)) {}
    entry->next = *bucket(key);
    *bucket(key) = entry;
    atomic_flag_clear(&table_lock);
}

static resume_function take(struct continuation *key) {
    while (atomic_flag_test_and_set(&table_lock)) {}
    struct entry **link = bucket(key);
    while (*link && (*link)->key != key) link = &(*link)->next;
    struct entry *entry = *link;
    if (entry == NULL) abort();
    *link = entry->next;
    atomic_flag_clear(&table_lock);
    resume_function resume = entry->resume;
    free(entry);
    return resume;
}

extern SWIFT void *swift_task_getCurrent(void) __attribute__((weak));

// The runtime knows a task by its address.
static void tell(void (*what)(void *)) {
    if (what) what(swift_task_getCurrent());
}

static ASYNC void go_on(CONTEXT) {
    continuation->resume = take(continuation);
    tell(__tsan_acquire);
    __attribute__((musttail)) return continuation->resume(continuation);
}

SWIFT void *swift_continuation_init(struct continuation *continuation, uintptr_t flags);
SWIFT void *swift_continuation_init(struct continuation *continuation, uintptr_t flags) {
    static SWIFT void *(*_Atomic next)(struct continuation *, uintptr_t);
    if (next == NULL) next = find("swift_continuation_init");
    keep(continuation, continuation->resume);
    continuation->resume = go_on;
    return next(continuation, flags);
}

ASYNC void swift_continuation_await(struct continuation *continuation);
ASYNC void swift_continuation_await(struct continuation *continuation) {
    static ASYNC void (*_Atomic next)(struct continuation *);
    if (next == NULL) next = find("swift_continuation_await");
    tell(__tsan_release);
    __attribute__((musttail)) return next(continuation);
}
