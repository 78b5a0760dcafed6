#!/usr/bin/env python3
"""How long TA-Lib in C takes for each function, into memory that is there already.

    pip install ta-lib==0.8.2 numpy
    python talib_peer.py bars.f64 --repeats 7 SMA EMA …

`bars.f64` holds six columns of doubles one after another: open, high, low, close, volume, periods. The functions of the library
that the wheel brings are called directly, without Python's wrapper, with their default parameters. Prints a JSON object: the
versions and, by function, the seconds of the fastest call.
"""
import argparse
import ctypes
import glob
import json
import pathlib
import time

import numpy as np
import talib
from talib import abstract

COLUMNS = ["open", "high", "low", "close", "volume", "periods"]
DOUBLES = ctypes.POINTER(ctypes.c_double)

parser = argparse.ArgumentParser()
parser.add_argument("bars")
parser.add_argument("--repeats", type=int, default=7)
parser.add_argument("functions", nargs="+")
options = parser.parse_args()

package = pathlib.Path(talib.__file__).parent.parent
library = ctypes.CDLL(glob.glob(str(package / "ta_lib.libs" / "libta-lib*"))[0])
if library.TA_Initialize() != 0:
    raise SystemExit("TA-Lib does not start")

values = np.fromfile(options.bars)
count = len(values) // len(COLUMNS)
columns = {name: np.ascontiguousarray(values[index * count:(index + 1) * count]) for index, name in enumerate(COLUMNS)}
outputs = [np.zeros(count) for _ in range(3)]


def pointer(array):
    return array.ctypes.data_as(DOUBLES)


seconds = {}
for name in options.functions:
    function = abstract.Function(name)
    inputs = []
    for value in function.input_names.values():
        inputs += list(value) if isinstance(value, (list, tuple)) else [value]
    first, filled = ctypes.c_int(), ctypes.c_int()
    arguments = [ctypes.c_int(0), ctypes.c_int(count - 1)] + [pointer(columns[column]) for column in inputs]
    for value in function.parameters.values():
        arguments.append(ctypes.c_int(value) if isinstance(value, int) else ctypes.c_double(value))
    arguments += [ctypes.byref(first), ctypes.byref(filled)]
    arguments += [pointer(outputs[index]) for index in range(len(function.output_names))]
    call = getattr(library, "TA_" + name)
    best = float("inf")
    for _ in range(options.repeats):
        start = time.perf_counter()
        code = call(*arguments)
        best = min(best, time.perf_counter() - start)
    if code != 0 or filled.value != count - function.lookback:
        raise SystemExit(f"TA_{name} answered {code} with {filled.value} values")
    seconds[name] = best

print(json.dumps({
    "versions": {"ta-lib": talib.__version__, "TA-Lib C": talib.__ta_version__.decode().split()[0]},
    "bars": count, "seconds": seconds,
}))
