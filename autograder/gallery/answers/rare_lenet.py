"""Wrong answers to 07_lenet_numpy that only a second batch, or looking at every filter, reveals."""
# mypy: ignore-errors

from autograder.gallery.answers import lenet_network_right, lenet_training  # noqa: F401  altered here
from autograder.gallery.registry import altered

PLAIN, PARAMS = "one line a layer", "p = self.params\n"
CACHES = "(conv1, relu1, pool1, conv2, relu2, pool2, fc1, relu3, fc2)"
altered(
    "LeNet5",
    PLAIN,
    "caches of the first call",
    (f"return scores, {CACHES}", f"self.caches.append({CACHES})\n        return scores, self.caches[0]"),
    ("self.params = {}", "self.params, self.caches = {}, []"),
    named=False,
)
altered(
    "LeNet5",
    PLAIN,
    "params-not-live",
    (
        PARAMS,
        'if not hasattr(self, "p"):\n            self.p = {k: v.copy() for k, v in self.params.items()}\n'
        "        p = self.p\n",
    ),
    how="copied at the first call",
)
altered(
    "LeNet5",
    PLAIN,
    "weights-all-alike",
    ("rng.standard_normal(shape)", "(np.zeros(shape) + rng.standard_normal(shape[1:] if len(shape) == 4 else shape))"),
    how="one filter for all maps",
)
ORDER = "order = rng.permutation(len(images))"
altered(
    "train",
    "a permutation for each epoch",
    "a single image left over is dropped",
    (ORDER, f"{ORDER}\n        order = order[:-1] if len(order) % batch_size == 1 else order"),
    named=False,
)
