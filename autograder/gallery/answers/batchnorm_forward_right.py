"""batchnorm_forward and spatial_batchnorm_forward, right in several styles."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right


@right("mean and var of NumPy")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    else:
        mean, var = running_mean.copy(), running_var.copy()
    x_hat = (x - mean) / np.sqrt(var + eps)
    out = gamma * x_hat + beta
    return out, (x, x_hat, mean, var, gamma, eps, training)


@right("step by step, as the graph")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, D = x.shape
    if not training:
        mean, var = np.array(running_mean), np.array(running_var)
        x_hat = (x - mean) / np.sqrt(var + eps)
        return gamma * x_hat + beta, (x, x_hat, mean, var, gamma, eps, training)
    mean = np.sum(x, axis=0) / N
    centred = x - mean
    squared = centred**2
    var = np.sum(squared, axis=0) / N
    std = np.sqrt(var + eps)
    inverse = 1 / std
    x_hat = centred * inverse
    scaled = gamma * x_hat
    out = scaled + beta
    running_mean *= 1 - momentum
    running_mean += momentum * mean
    running_var *= 1 - momentum
    running_var += momentum * var
    return out, (x, x_hat, mean, var, gamma, eps, training)


@right("einsum")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if training:
        mean = np.einsum("nd->d", x) / len(x)
        var = np.einsum("nd,nd->d", x - mean, x - mean) / len(x)
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (var - running_var)
    else:
        mean, var = running_mean + 0, running_var + 0
    x_hat = np.einsum("nd,d->nd", x - mean, (var + eps) ** -0.5)
    return np.einsum("d,nd->nd", gamma, x_hat) + beta, (x, x_hat, mean, var, gamma, eps, training)


@right("loops")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, D = x.shape
    out, x_hat = np.zeros_like(x), np.zeros_like(x)
    means, variances = np.zeros_like(gamma), np.zeros_like(gamma)
    for d in range(D):
        mean, var = running_mean[d], running_var[d]
        if training:
            mean = sum(x[n, d] for n in range(N)) / N
            var = sum((x[n, d] - mean) ** 2 for n in range(N)) / N
            running_mean[d] = (1 - momentum) * running_mean[d] + momentum * mean
            running_var[d] = (1 - momentum) * running_var[d] + momentum * var
        means[d], variances[d] = mean, var
        for n in range(N):
            x_hat[n, d] = (x[n, d] - mean) / (var + eps) ** 0.5
            out[n, d] = gamma[d] * x_hat[n, d] + beta[d]
    return out, (x, x_hat, means, variances, gamma, eps, training)


@right("scale and shift at test time")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean = np.average(x, axis=0) if training else running_mean.copy()
    var = np.average(np.square(x - mean), axis=0) if training else running_var.copy()
    if training:
        np.copyto(running_mean, (1 - momentum) * running_mean + momentum * mean)
        np.copyto(running_var, (1 - momentum) * running_var + momentum * var)
    scale = gamma / np.sqrt(var + eps)
    out = x * scale + (beta - mean * scale)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return out, (x, x_hat, mean, var, gamma, eps, training)


@right("rows of C numbers, then batchnorm_forward")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, training, momentum, eps)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@right("channels first, one row a channel")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    columns = np.swapaxes(x, 0, 1).reshape(C, N * H * W).T
    options = dict(training=training, momentum=momentum, eps=eps)
    flat, cache = batchnorm_forward(columns, gamma, beta, running_mean, running_var, **options)
    return np.swapaxes(flat.T.reshape(C, N, H, W), 0, 1), cache


@right("moveaxis")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    last = np.moveaxis(x, 1, -1)
    rows = last.reshape(-1, last.shape[-1])
    out, cache = batchnorm_forward(
        rows, gamma, beta, running_mean, running_var, training=training, momentum=momentum, eps=eps
    )
    return np.moveaxis(out.reshape(last.shape), -1, 1).copy(), cache


@right("axes 0, 2 and 3")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    def wide(a):
        return a.reshape(1, -1, 1, 1)

    if training:
        mean = x.mean(axis=(0, 2, 3))
        var = x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    else:
        mean, var = running_mean.copy(), running_var.copy()
    x_hat = (x - wide(mean)) / np.sqrt(wide(var) + eps)
    out = wide(gamma) * x_hat + wide(beta)
    # the cache of the flat functions, so that the way back is theirs
    rows = [a.transpose(0, 2, 3, 1).reshape(-1, x.shape[1]) for a in (x, x_hat)]
    return out, (*rows, mean, var, gamma, eps, training)


@right("channel by channel")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    out, normal = np.empty_like(x), np.empty_like(x)
    means, variances = np.empty_like(gamma), np.empty_like(gamma)
    for c in range(x.shape[1]):
        if training:
            means[c], variances[c] = x[:, c].mean(), x[:, c].var()
            running_mean[c] += momentum * (means[c] - running_mean[c])
            running_var[c] += momentum * (variances[c] - running_var[c])
        else:
            means[c], variances[c] = running_mean[c], running_var[c]
        normal[:, c] = (x[:, c] - means[c]) / np.sqrt(variances[c] + eps)
        out[:, c] = gamma[c] * normal[:, c] + beta[c]
    rows = [a.transpose(0, 2, 3, 1).reshape(-1, x.shape[1]) for a in (x, normal)]
    return out, (*rows, means, variances, gamma, eps, training)
