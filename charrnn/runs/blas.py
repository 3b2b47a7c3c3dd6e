"""How many threads the matrices are multiplied with. NumPy is not loaded here, but told by it."""

# One: the matrices are so small that threads would wait for each other longer than they compute,
# one thread adds up in the same order every time, and two runs share two cores fairly.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
