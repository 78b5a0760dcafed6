#!/usr/bin/env python3
"""Writes the values that the tests of Argus's numerics compare with.

    pip install mpmath numpy scipy
    python make_numerics_reference.py > numerics.json

Distributions are computed by mpmath with 60 digits at the doubles that are written; the raw words and the position of the
Philox blocks are NumPy's.
"""
import json
import sys

import mpmath as mp
import numpy as np
import scipy
import scipy.stats

mp.mp.dps = 60


def normal_cdf(x):
    return mp.erfc(-mp.mpf(x) / mp.sqrt(2)) / 2


def t_cdf(x, nu):
    x, nu = mp.mpf(x), mp.mpf(nu)
    tail = mp.betainc(nu / 2, mp.mpf(1) / 2, 0, nu / (nu + x * x), regularized=True) / 2
    return tail if x <= 0 else 1 - tail


def t_pdf(x, nu):
    x, nu = mp.mpf(x), mp.mpf(nu)
    log = mp.loggamma((nu + 1) / 2) - mp.loggamma(nu / 2) - mp.log(mp.pi * nu) / 2
    return mp.exp(log - (nu + 1) / 2 * mp.log1p(x * x / nu))


def root(function, start):
    return mp.findroot(function, mp.mpf(start), tol=mp.mpf(10) ** -50, maxsteps=200)


normal = [-37.5, -30.0, -20.5, -10.0, -8.3, -6.1, -5.0, -4.5, -3.3, -2.326, -1.96, -1.5, -1.0, -0.75, -0.3, -1e-5, 0.0, 0.2, 0.9, 2.5]
probabilities = [1e-300, 1e-100, 1e-30, 1e-20, 1e-15, 1e-11, 1e-10, 1e-8, 1e-5, 1e-4, 0.001, 0.01, 0.025, 0.05, 0.07, 0.08, 0.1, 0.25, 0.3, 0.45,
                 0.4999999, 0.5, 0.6, 0.95, 0.99, 0.999]
degrees = [2.1, 2.5, 3.0, 4.7, 8.0, 15.5, 19.9, 20.1, 50.0, 100.0, 200.0]

out = {
    "versions": {"mpmath": mp.__version__, "numpy": np.__version__, "scipy": scipy.__version__},
    "normal": [{"x": x, "density": float(mp.npdf(x)), "cumulative": float(normal_cdf(x))} for x in normal],
    "normalQuantile": [
        {"probability": p, "x": float(mp.sqrt(2) * root(lambda z: mp.log(mp.erfc(-z) / 2) - mp.log(mp.mpf(p)), scipy.stats.norm.ppf(p) / 2**0.5))}
        for p in probabilities],
    "t": [
        {"degrees": nu, "x": x, "density": float(t_pdf(x, nu)), "cumulative": float(t_cdf(x, nu))}
        for nu in degrees for x in (-1e5, -300.0, -40.0, -12.0, -6.0, -3.0, -2.0, -1.0, -0.5, -0.01, 0.7)],
    "tQuantile": [
        {"degrees": nu, "probability": p, "x": float(root(lambda x: mp.log(t_cdf(x, nu)) - mp.log(mp.mpf(p)), scipy.stats.t.ppf(p, nu)))}
        for nu in degrees for p in (1e-12, 1e-8, 1e-5, 0.001, 0.01, 0.025, 0.05, 0.0999, 0.1001, 0.25, 0.4, 0.499)],
    "chiSquared": [
        {"degrees": k, "x": x, "cumulative": float(mp.gammainc(mp.mpf(k) / 2, 0, mp.mpf(x) / 2, regularized=True)),
         "survival": float(mp.gammainc(mp.mpf(k) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)),
         "density": float(mp.exp((mp.mpf(k) / 2 - 1) * mp.log(mp.mpf(x) / 2) - mp.mpf(x) / 2 - mp.loggamma(mp.mpf(k) / 2)) / 2)}
        for k in (0.7, 1, 2, 3, 4.2, 10, 37.5, 100, 250) for x in (0.001, 0.3, 1.0, 3.84, 9.0, 11.0, 40.0, 120.0, 300.0)],
    "chiSquaredQuantile": [
        {"degrees": k, "probability": p,
         "x": float(root(lambda x: mp.gammainc(mp.mpf(k) / 2, 0, x / 2, regularized=True) - mp.mpf(p), scipy.stats.chi2.ppf(p, k)))}
        for k in (1, 2, 3, 4.2, 10, 37.5, 100) for p in (0.001, 0.01, 0.05, 0.5, 0.95, 0.99, 0.9999)],
    "binomial": [
        {"trials": n, "probability": p, "count": x,
         "cumulative": float(mp.fsum(mp.binomial(n, j) * mp.mpf(p) ** j * (1 - mp.mpf(p)) ** (n - j) for j in range(x + 1)))}
        for n, p, counts in ((250, 0.01, (0, 1, 4, 5, 9, 10, 30)), (10, 0.3, (0, 3, 9)), (1000, 0.05, (20, 50, 80))) for x in counts],
    "binomialQuantile": [
        {"trials": n, "probability": p, "level": level, "count": int(scipy.stats.binom.ppf(level, n, p))}
        for n, p in ((250, 0.01), (100_000, 0.01), (1_000_000, 0.05), (10, 0.5)) for level in (0.025, 0.5, 0.975)],
}

philox = []
for counter, key in (([0, 0, 0, 0], [0, 0]), ([2**64 - 2, 3, 5, 7], [11, 13]), ([2**64 - 1] * 3 + [2**64 - 1], [2**64 - 1] * 2)):
    # NumPy counts up before it makes a block.
    before = (sum(word << 64 * i for i, word in enumerate(counter)) - 1) % 2**256
    words = np.array([(before >> 64 * i) % 2**64 for i in range(4)], dtype=np.uint64)
    generator = np.random.Philox(counter=words, key=np.array(key, dtype=np.uint64))
    philox.append({"counter": [str(word) for word in counter], "key": [str(word) for word in key],
                   "words": [str(word) for word in generator.random_raw(4)]})
out["philox"] = philox

json.dump(out, sys.stdout, separators=(",", ":"))
print()
