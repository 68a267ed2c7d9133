"""Wrong answers that only rare numbers or names reveal."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.answers import lenet_step  # noqa: F401  registers the right answer that is altered here
from autograder.gallery.registry import Later as torch
from autograder.gallery.registry import altered, wrong


@wrong("scale 0 where the variance is below eps", named=False)
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = np.where(running_var > eps, gamma / np.sqrt(running_var + eps), 0).astype(w.dtype)
    return w * scale[:, None, None, None], scale * (b - running_mean) + beta


altered(
    "sgd_momentum_step",
    "augmented assignments",
    "gradient-clipped",
    ("grads[name]", "np.clip(grads[name], -10, 10)"),
    how="large ones alone",
    named=False,
)


@wrong("not-at-the-path", "another ending")
def save_checkpoint(path, model, optimizer, scheduler, generator, step):
    saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}
    torch.save(saved | {"generator": generator.get_state(), "step": step}, path.with_suffix(".pt"))
