#!/usr/bin/env python3
"""Writes the values of TA-Lib that the tests of the indicators compare with.

    pip install ta-lib==0.8.2 numpy pandas
    python make_indicator_reference.py ../../../Examples/data > indicators.json

Another seed makes other bars and other parameters, which the same tests read where they are told to:

    python make_indicator_reference.py ../../../Examples/data --seed 7 > random.json
    ARGUS_INDICATOR_REFERENCE=$PWD/random.json swift test --filter IndicatorLibraryTests

For every function: its description as TA-Lib gives it, and cases over the S&P 500 and over synthetic bars, with parameters
from the defaults, the ends of their ranges and a seeded draw. Of each output the first four values, every 499th and the last
two are kept, with the digits that read back exactly.
"""
import argparse
import ctypes
import glob
import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd
import talib
from talib import abstract

FUNCTIONS = """
ACCBANDS AD ADD ADOSC ADX ADXR APO AROON AROONOSC ATR AVGDEV AVGPRICE BBANDS BETA BOP CCI CMO CORREL DEMA DIV DX EMA HMA
HT_DCPERIOD HT_DCPHASE HT_PHASOR HT_SINE HT_TRENDLINE HT_TRENDMODE IMI KAMA LINEARREG LINEARREG_ANGLE LINEARREG_INTERCEPT
LINEARREG_SLOPE MA MACD MACDEXT MACDFIX MAMA MAVP MAX MAXINDEX MEDPRICE MFI MIDPOINT MIDPRICE MIN MININDEX MINMAX MINMAXINDEX
MINUS_DI MINUS_DM MOM MULT NATR OBV PLUS_DI PLUS_DM PPO RMA ROC ROCP ROCR ROCR100 RSI SAR SAREXT SMA STDDEV STOCH STOCHF STOCHRSI
SUB SUM T3 TEMA TRANGE TRIMA TRIX TSF TYPPRICE ULTOSC VAR WCLPRICE WILLR WMA ZLEMA
""".split()
INTEGERS = {"HT_TRENDMODE", "MAXINDEX", "MININDEX", "MINMAXINDEX"}
MOVING_AVERAGES = (*range(10), 12, 13)
SEED = 20260807
parser = argparse.ArgumentParser()
parser.add_argument("data", type=pathlib.Path)
parser.add_argument("--seed", type=int, default=SEED)
options = parser.parse_args()
random = np.random.default_rng(options.seed)


class IntegerRange(ctypes.Structure):
    _fields_ = [("low", ctypes.c_int), ("high", ctypes.c_int)]


class RealRange(ctypes.Structure):
    _fields_ = [("low", ctypes.c_double), ("high", ctypes.c_double)]


class Option(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("name", ctypes.c_char_p), ("flags", ctypes.c_int), ("display", ctypes.c_char_p),
        ("data", ctypes.c_void_p), ("default", ctypes.c_double),
    ]


package = pathlib.Path(talib.__file__).parent.parent
library = ctypes.CDLL(glob.glob(str(package / "ta_lib.libs" / "libta-lib*"))[0])
library.TA_Initialize()


def parameter_ranges(function):
    """The range of each parameter in their order; null for a kind of moving average."""
    handle = ctypes.c_void_p()
    library.TA_GetFuncHandle(function.encode(), ctypes.byref(handle))
    ranges = []
    for index in range(len(abstract.Function(function).parameters)):
        pointer = ctypes.POINTER(Option)()
        library.TA_GetOptInputParameterInfo(handle, index, ctypes.byref(pointer))
        kind = {0: RealRange, 2: IntegerRange}.get(pointer.contents.type)
        if kind:
            values = ctypes.cast(pointer.contents.data, ctypes.POINTER(kind)).contents
            ranges.append([values.low, values.high])
        else:
            ranges.append(None)
    return ranges


def inputs(function):
    names = []
    for value in abstract.Function(function).input_names.values():
        names += list(value) if isinstance(value, (list, tuple)) else [value]
    return names


def synthetic(count=420):
    """Bars that wander, stand still, stand still without volume, jump and come back."""
    close = np.round(50 * np.exp(np.cumsum(random.normal(0, 0.015, count))), 2)
    spread = np.round(0.4 * random.random((2, count)), 2)
    volume = np.round(1e5 * random.random(count))
    close[100:150] = close[100]
    spread[:, 100:140] = 0
    volume[90:130] = 0
    close[220] *= 20
    close[300:330] = np.round(close[300] * 1.01 ** np.arange(30), 2)
    opened = np.concatenate([close[:1], close[:-1]])
    opened[101:150] = close[101:150]
    return {
        "open": opened, "high": np.round(np.maximum(opened, close) + spread[0], 2),
        "low": np.round(np.minimum(opened, close) - spread[1], 2), "close": close, "volume": volume,
    }


def drawn_bars(count=420):
    """Bars of a drawn size and roughness, on a drawn tick, with drawn stretches that stand still, and a jump."""
    tick = 10.0 ** random.integers(-3, 3)
    close = np.exp(np.cumsum(random.normal(0, random.choice([0.002, 0.02, 0.06]), count)))
    spread = random.random((2, count)) * random.choice([0, 0.001, 0.02])
    volume = np.round(10.0 ** random.integers(1, 9) * random.random(count)) * (random.random(count) < 0.9)
    for _ in range(random.integers(0, 4)):
        first = random.integers(0, count)
        last = first + random.integers(5, 60)
        close[first:last] = close[first]
        spread[:, first:last] = 0
        volume[first + random.integers(0, 5):last] = 0
    close[random.integers(0, count)] *= random.choice([1, 20])
    close = np.maximum(1, np.round(close * random.choice([300, 5000]))) * tick
    opened = np.concatenate([close[:1], close[:-1]])
    return {
        "open": opened, "high": np.ceil(np.maximum(opened, close) * (1 + spread[0]) / tick) * tick,
        "low": np.floor(np.minimum(opened, close) * (1 - spread[1]) / tick) * tick, "close": close, "volume": volume,
    }


def with_periods(bars):
    return bars | {"periods": np.arange(len(bars["close"])) * 7 % 41 + 0.5}


def numbers(values):
    return [float(value) if math.isfinite(value) else None for value in values]


def draw(name, kind, limits):
    if limits is None:
        return int(random.choice(MOVING_AVERAGES))
    if isinstance(kind, int):
        return int(random.integers(limits[0], 60))
    return float(np.round(random.uniform(max(limits[0], -3), min(limits[1], 3)), 3))


def parameter_sets(function):
    defaults = dict(abstract.Function(function).parameters)
    ranges = parameter_ranges(function)
    sets = [defaults]
    if not defaults:
        return sets
    sets.append({
        name: defaults[name] if limits is None or not isinstance(defaults[name], int) else int(limits[0])
        for name, limits in zip(defaults, ranges)
    })
    drawn = len(MOVING_AVERAGES) - 1 if any(limits is None for limits in ranges) else 3
    for index in range(drawn):
        values = {name: draw(name, defaults[name], limits) for name, limits in zip(defaults, ranges)}
        if function in ("MA", "BBANDS"):
            values["matype"] = MOVING_AVERAGES[index + 1]
        if function == "MAVP" and values["minperiod"] > values["maxperiod"]:
            values["minperiod"], values["maxperiod"] = values["maxperiod"], values["minperiod"]
        sets.append(values)
    unique = []
    for values in sets:
        if values not in unique:
            unique.append(values)
    return unique


table = pd.read_csv(options.data / "sp500-daily-ohlcv.csv")
series = {
    "sp500": {name: table[name].to_numpy(float) for name in ("open", "high", "low", "close", "volume")},
    "synthetic": synthetic() if options.seed == SEED else drawn_bars(),
}
described, cases = {}, []
for function in FUNCTIONS:
    description = abstract.Function(function)
    names = list(description.output_names)
    described[function] = {
        "title": description.info["display_name"], "group": description.info["group"], "inputs": inputs(function),
        "parameters": dict(description.parameters), "ranges": parameter_ranges(function), "outputs": names,
        "integer": function in INTEGERS,
    }
    for parameters in parameter_sets(function):
        for name, bars in series.items():
            # After a line that stood still, MAMA's phase is made of rounding, which no two programs share.
            if name == "synthetic" and function == "STOCHRSI" and parameters["fastd_matype"] == 7:
                continue
            columns = with_periods(bars)
            description.parameters = parameters
            if description.lookback > len(bars["close"]) - 6:
                continue
            outputs = getattr(talib, function)(*[columns[column] for column in inputs(function)], **parameters)
            outputs = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
            first, count = description.lookback, len(bars["close"])
            rows = sorted({*range(first, first + 4), *range(first, count, 499 if name == "sp500" else 41), count - 2, count - 1})
            rows = [row for row in rows if first <= row < count]
            cases.append({
                "series": name, "function": function, "parameters": parameters, "lookback": first, "rows": rows,
                "outputs": [numbers(values[rows]) for values in outputs],
            })

json.dump({
    "versions": {
        "ta-lib": talib.__version__, "TA-Lib C": talib.__ta_version__.decode().split()[0], "numpy": np.__version__,
    },
    "seed": options.seed, "functions": described,
    "synthetic": {name: values.tolist() for name, values in series["synthetic"].items()},
    "cases": cases,
}, sys.stdout, separators=(",", ":"))
print()
