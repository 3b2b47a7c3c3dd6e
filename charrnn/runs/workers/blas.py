"""Environment variables that limit NumPy to one thread; they must be set before it is imported."""

# The matrices are so small that several threads would spend more time on synchronization than on
# arithmetic. One thread also adds in the same order every time, so that results are reproducible,
# and lets two runs share two cores fairly.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
