"""The functions of 01 to 07 by NumPy alone, from definitions: the stand-ins, and what the checks compute with.

Kernels that grade one of these notebooks do not have this folder, so no answer can call it.
"""
