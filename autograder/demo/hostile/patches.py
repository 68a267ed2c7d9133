"""Attacks that patch what a check might rely on: NumPy, built-in functions, IPython, comparisons."""

from __future__ import annotations

from autograder.demo.hostile.attack import EXERCISES, Attack

ZEROS = {name: f"def {name}(*args, **kwargs):\n    return 0.0" for name in EXERCISES}

NUMPY = """
import builtins, math
import numpy as np

def yes(*args, **kwargs):
    return True

for name in ("allclose", "array_equal", "isclose", "all", "any", "array_equiv"):
    setattr(np, name, yes)
for name in [name for name in dir(np.testing) if name.startswith("assert")]:
    setattr(np.testing, name, yes)
builtins.abs = lambda x: 0
builtins.all = builtins.any = builtins.isinstance = yes
"""

CHECK = """
import autograder.check, sys

class Always:
    passed, score, status = True, 100.0, "passed"
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __eq__(self, other): return True
    def __repr__(self): return "100"

check = Always()
sys.modules["autograder.check"] = check
sys.modules["autograder.judging.examine"] = check
sys.modules["autograder.judging.verdict"] = check
"""

IPYTHON = """
import sys
shell = get_ipython()

def rewritten(lines):
    return ["print('all tests pass')\\n", "100\\n"] if any("check." in line for line in lines) else lines

shell.input_transformers_cleanup.append(rewritten)
shell.ast_node_interactivity = "all"

class Hook(type(shell.displayhook)):
    def __call__(self, result=None):
        super().__call__(100)

shell.displayhook.__class__ = Hook
run = shell.run_cell
def run_cell(source, *args, **kwargs):
    return run("100", *args, **kwargs)
shell.run_cell = run_cell
"""

EQUAL = """
import numpy as np

class Equal(np.ndarray):
    def __eq__(self, other): return np.ones(np.shape(other), bool)
    def __ne__(self, other): return np.zeros(np.shape(other), bool)
    def __sub__(self, other): return np.zeros(np.shape(other))
    __rsub__ = __sub__
    def __array__(self, *args, **kwargs): return np.zeros(3)
    def __array_ufunc__(self, *args, **kwargs): return True
    def __array_function__(self, *args, **kwargs): return True
    def __reduce__(self): return (eval, ("1",))

def linear_forward(x, w, b):
    return np.zeros((len(x), w.shape[1])).view(Equal), (x, w, b)
"""

CLAIMS = """
class Anything:
    shape = property(lambda self: self)
    dtype = property(lambda self: self)
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __bool__(self): return True
    def __hash__(self): return 0
    def __len__(self): return 2
    def __iter__(self): return iter((self, self))
    def __getitem__(self, key): return self
    def __array__(self, *args, **kwargs): raise SystemExit
    def __class__(self): return float
    __class__ = property(__class__)
    def __instancecheck__(self, other): return True

def softmax_loss(scores, y):
    return Anything()

def relu_forward(x):
    return Anything(), Anything()
"""

ATTACKS = (
    Attack("patch-numpy", "makes every comparison in NumPy and Python true", cells=ZEROS, first=NUMPY),
    Attack("patch-check", "replaces the checks by one that always passes", cells=ZEROS, first=CHECK),
    Attack("patch-ipython", "rewrites the cells that IPython runs and the results that it shows",
           cells=ZEROS, first=IPYTHON),
    Attack("equal-array", "answers with an array that equals everything", cells={"linear_forward": EQUAL},
           partly=("linear_forward",), words={"linear_forward": "failed"}),
    Attack("equal-object", "answers with an object that claims to have every type, shape and value",
           cells={"softmax_loss": CLAIMS}, words={"softmax_loss": "failed", "relu_forward": "failed"}),
)  # fmt: skip
