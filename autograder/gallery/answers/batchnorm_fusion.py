"""fuse_conv_batchnorm, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.registry import right, wrong


@right("scale by broadcasting")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], (b - running_mean) * scale + beta


@right("filter by filter")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    new_w, new_b = w.copy(), b.copy()
    for f in range(len(w)):
        std = np.sqrt(running_var[f] + eps)
        new_w[f] *= gamma[f] / std
        new_b[f] = gamma[f] * (b[f] - running_mean[f]) / std + beta[f]
    return new_w, new_b


@right("einsum")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma * (running_var + eps) ** -0.5
    return np.einsum("fcij,f->fcij", w, scale), scale * b + beta - scale * running_mean


@right("a diagonal matrix")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    diagonal = np.diag(gamma / np.sqrt(running_var + eps))
    rows = diagonal @ w.reshape(len(w), -1)
    return rows.reshape(w.shape), diagonal @ (b - running_mean) + beta


@right("the bias as one more weight")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    rows = np.concatenate([w.reshape(w.shape[0], -1), (b - running_mean)[:, None]], axis=1)
    rows = (rows.T * (gamma / np.sqrt(running_var + eps))).T
    return rows[:, :-1].reshape(w.shape).copy(), rows[:, -1] + beta


@right("asks batchnorm_forward")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    # what a 0 and a 1 before the normalization become after it
    two = np.stack([np.zeros_like(b), np.ones_like(b)])
    out, _ = batchnorm_forward(two, gamma, beta, running_mean.copy(), running_var.copy(), training=False, eps=eps)
    shift, scale = out[0], out[1] - out[0]
    return w * scale.reshape(-1, 1, 1, 1), b * scale + shift


@wrong("conv-bias-not-scaled")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale.reshape(-1, 1, 1, 1), b + beta - running_mean * scale


@wrong("conv-bias-forgotten")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale.reshape(-1, 1, 1, 1), beta - running_mean * scale


@wrong("bias-not-changed")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale.reshape(-1, 1, 1, 1), b.copy()


@wrong("bias-only-scaled")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], b * scale


@wrong("mean-not-subtracted")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], b * scale + beta


@wrong("mean-added")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], (b + running_mean) * scale + beta


@wrong("mean-not-scaled")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], b * scale - running_mean + beta


@wrong("beta-forgotten")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], (b - running_mean) * scale


@wrong("beta-scaled")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], (b - running_mean + beta) * scale


@wrong("gamma-forgotten")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    std = np.sqrt(running_var + eps)
    return w / std[:, None, None, None], (b - running_mean) / std + beta


@wrong("gamma-forgotten", "in the bias alone")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    std = np.sqrt(running_var + eps)
    return w * (gamma / std)[:, None, None, None], (b - running_mean) / std + beta


@wrong("divided-by-variance")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / (running_var + eps)
    return w * scale[:, None, None, None], (b - running_mean) * scale + beta


@wrong("multiplied-by-deviation")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma * np.sqrt(running_var + eps)
    return w * scale[:, None, None, None], (b - running_mean) * scale + beta


@wrong("eps-outside-root")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / (np.sqrt(running_var) + eps)
    return w * scale[:, None, None, None], (b - running_mean) * scale + beta


@wrong("eps-forgotten")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var)
    return w * scale[:, None, None, None], (b - running_mean) * scale + beta


@wrong("scale-along-another-axis")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale, (b - running_mean) * scale + beta


@wrong("scale-along-another-axis", "the input channels")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale.reshape(1, -1, 1, 1), (b - running_mean) * scale + beta


@wrong("weights-not-scaled")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return w.copy(), (b - running_mean) * scale + beta


@wrong("input-modified")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    w *= scale[:, None, None, None]
    return w.copy(), (b - running_mean) * scale + beta


@wrong("input-modified", "and returned")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    w *= scale[:, None, None, None]
    b -= running_mean
    b *= scale
    b += beta
    return w, b


@wrong("dtype-lost")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    new_w, new_b = np.zeros(w.shape), np.zeros(b.shape)
    for f in range(len(b)):
        scale = gamma[f] / np.sqrt(running_var[f] + eps)
        new_w[f] = w[f] * scale
        new_b[f] = (b[f] - running_mean[f]) * scale + beta[f]
    return new_w, new_b


@wrong("beta-times-gamma", named=False)
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    std = np.sqrt(running_var + eps)
    return w * (gamma / std)[:, None, None, None], gamma * ((b - running_mean) / std + beta)


@wrong("scale-of-the-deviation-alone", named=False)
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    # gamma is applied to the bias first and to the weights last, so it meets the mean twice
    std = np.sqrt(running_var + eps)
    b = gamma * b - gamma * running_mean * gamma
    return w * (gamma / std).reshape(-1, 1, 1, 1), b / std + beta


@wrong("deviation-forgotten")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    return w * gamma[:, None, None, None], (b - running_mean) * gamma + beta


@wrong("eps-hard-coded")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + 1e-5)
    return w * scale[:, None, None, None], (b - running_mean) * scale + beta
