#pragma once

#include <elf.h>
#include <stddef.h>

// The loader's list of the program and its libraries. <link.h> shows it only to those who ask for all of GNU's extensions, with
// which other types of the C library look different from how Swift's Glibc module has them.

/// The first fields of `struct dl_phdr_info`, which never change.
struct das_loaded_object {
    Elf64_Addr base;
    const char *name;
    const Elf64_Phdr *headers;
    Elf64_Half headerCount;
};

/// Calls `visit` for the program and each of its libraries until it returns another value than 0, and returns that.
static inline int das_visit_loaded_objects(int (*visit)(const struct das_loaded_object *, size_t, void *), void *context) {
    extern int dl_iterate_phdr(int (*)(const struct das_loaded_object *, size_t, void *), void *);
    return dl_iterate_phdr(visit, context);
}
