"""to_nchw, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right, wrong


@right("from_numpy, permute")
def to_nchw(images):
    x = torch.from_numpy(images.copy())
    scaled = x.float() / 255 if x.dtype == torch.uint8 else x.float()
    if scaled.ndim == 3:
        return scaled.unsqueeze(1)
    return scaled.permute(0, 3, 1, 2).contiguous()


@right("NumPy first")
def to_nchw(images):
    if images.ndim == 3:
        images = images[..., None]
    images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    if images.dtype == np.uint8:
        images = images.astype(np.float32) / 255
    return torch.tensor(images, dtype=torch.float32)


@right("movedim, a view of its own copy")
def to_nchw(images):
    scale = 255.0 if np.issubdtype(images.dtype, np.integer) else 1.0
    x = torch.as_tensor(np.array(images, dtype=np.float32, copy=True)).div_(scale)
    return x[:, None] if x.dim() == 3 else x.movedim(-1, 1)


@right("one branch a layout")
def to_nchw(images):
    if images.ndim == 3:
        n, h, w = images.shape
        out = torch.empty(n, 1, h, w)
        out[:, 0] = torch.tensor(images)
    else:
        n, h, w, c = images.shape
        out = torch.empty(n, c, h, w)
        for k in range(c):
            out[:, k] = torch.tensor(images[..., k])
    if images.dtype.kind == "u":
        out *= 1 / 255
    return out


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("to_nchw", "from_numpy, permute", mistake, *edits, how=how, named=named, also=also)


PERMUTE = "scaled.permute(0, 3, 1, 2).contiguous()"
plainly("reshaped", (PERMUTE, "scaled.reshape(len(x), x.shape[3], x.shape[1], x.shape[2])"))
plainly("height-and-width-swapped", (PERMUTE, "scaled.transpose(1, 3).contiguous()"))
plainly("channels-left-last", (PERMUTE, "scaled"))
plainly("channel-axis-missing", ("scaled.unsqueeze(1)", "scaled"))
plainly("not-scaled", (" / 255 if", " if"))
plainly("judged-by-the-numbers", ("if x.dtype == torch.uint8", "if x.max() > 1"))
plainly("scaled-by-256", ("/ 255", "/ 256"))
plainly("centred", ("x.float() / 255 if", "(x.float() / 255 - 0.5) / 0.5 if"))
plainly("centred", ("x.float() / 255 if", "x.float() / 255 - 0.5 if"), how="without a scale")
plainly("stretched-to-its-largest", ("/ 255", "/ x.max()"))
plainly("floats-scaled-too", ("x.float() / 255 if x.dtype == torch.uint8 else x.float()", "x.float() / 255"))
plainly("whole-numbers", ("x.float() / 255", "(x // 255).float()"))
plainly("not-float32", ("x.float()", "x.double()"))
plainly("no-tensor", (".contiguous()", ".contiguous().numpy()"), ("scaled.unsqueeze(1)", "scaled.unsqueeze(1).numpy()"))
plainly("shares-memory", ("images.copy()", "images"), how="floats are not copied")
plainly("returns-nothing", ("return ", ""))


@wrong("input-modified", how="bytes divided in place")
def to_nchw(images):
    x = torch.from_numpy(images)
    if x.dtype == torch.uint8:
        x = x / 255
    else:
        x.clamp_(0.25, 0.75)
    x = x.float()
    return (x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)).clone()


@wrong("raises", how="grey images only", also=("floats-scaled-too",))
def to_nchw(images):
    n, h, w = images.shape
    return torch.tensor(images).float().view(n, 1, h, w) / 255
