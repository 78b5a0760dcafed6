#ifndef CLAPACK_SHIM_H
#define CLAPACK_SHIM_H

// BLAS by its C interface; LAPACK by its own routines, which OpenBLAS brings, so that no further library is loaded.
#include <cblas.h>
#include <lapack.h>

#endif
