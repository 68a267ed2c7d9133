"""Conv2dFunction, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import Later as torch
from autograder.gallery.registry import altered, right, wrong


@right("unfold and @, fold")
class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride, padding):
        n, _, h, width = x.shape
        f, _, kh, kw = w.shape
        cols = F.unfold(x, (kh, kw), padding=padding, stride=stride)
        out = w.reshape(f, -1) @ cols + b[:, None]
        ctx.save_for_backward(cols, w)
        ctx.geometry = x.shape, stride, padding
        high, wide = (h + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1
        return out.reshape(n, f, high, wide)

    @staticmethod
    def backward(ctx, dout):
        cols, w = ctx.saved_tensors
        shape, stride, padding = ctx.geometry
        f, _, kh, kw = w.shape
        d = dout.reshape(len(dout), f, -1)
        db = d.sum((0, 2))
        dw = (d @ cols.transpose(1, 2)).sum(0).reshape(w.shape)
        dcols = w.reshape(f, -1).T @ d
        dx = F.fold(dcols, shape[2:], (kh, kw), padding=padding, stride=stride)
        return dx, dw, db, None, None


@right("einsum, x saved and unfolded again, only what is needed")
class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride, padding):
        ctx.save_for_backward(x, w)
        ctx.stride, ctx.padding = stride, padding
        cols = F.unfold(x, w.shape[2:], 1, padding, stride)
        out = torch.einsum("fk,nkl->nfl", w.flatten(1), cols)
        out += b.view(1, -1, 1)
        high = (x.size(2) + 2 * padding - w.size(2)) // stride + 1
        return out.unflatten(2, (high, -1))

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        grad_x = grad_w = grad_b = None
        g = grad_output.flatten(2)
        if ctx.needs_input_grad[0]:
            cols = torch.einsum("fk,nfl->nkl", w.flatten(1), g)
            grad_x = F.fold(cols, x.shape[2:], w.shape[2:], 1, ctx.padding, ctx.stride)
        if ctx.needs_input_grad[1]:
            cols = F.unfold(x, w.shape[2:], 1, ctx.padding, ctx.stride)
            grad_w = torch.einsum("nfl,nkl->fk", g, cols).view_as(w)
        if ctx.needs_input_grad[2]:
            grad_b = g.sum((0, 2))
        return grad_x, grad_w, grad_b, None, None


@right("one big product, F first; setup_context")
class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(x, w, b, stride, padding):
        size = [(x.shape[k] + 2 * padding - w.shape[k]) // stride + 1 for k in (2, 3)]
        rows = F.unfold(x, w.shape[2:], stride=stride, padding=padding).transpose(0, 1).flatten(1)
        return (torch.addmm(b[:, None], w.flatten(1), rows)).reshape(len(w), len(x), *size).transpose(0, 1).contiguous()

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, w, _, ctx.stride, ctx.padding = inputs
        ctx.save_for_backward(x, w)

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        kernel, how = w.shape[2:], {"stride": ctx.stride, "padding": ctx.padding}
        rows = F.unfold(x, kernel, **how).transpose(0, 1).flatten(1)
        d = dout.transpose(0, 1).flatten(1)
        back = torch.mm(w.flatten(1).t(), d).reshape(-1, len(x), dout[0, 0].numel()).transpose(0, 1)
        return F.fold(back, x.shape[2:], kernel, **how), (d @ rows.t()).reshape(w.shape), d.sum(1), None, None


@right("windows by Tensor.unfold, added back by slices")
class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride, padding):
        ctx.save_for_backward(x, w)
        ctx.how = stride, padding
        windows = F.pad(x, [padding] * 4).unfold(2, w.shape[2], stride).unfold(3, w.shape[3], stride)
        return torch.tensordot(windows, w, ([1, 4, 5], [1, 2, 3])).permute(0, 3, 1, 2) + b[:, None, None]

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        stride, p = ctx.how
        padded = F.pad(x, [p] * 4)
        windows = padded.unfold(2, w.shape[2], stride).unfold(3, w.shape[3], stride)
        dw = torch.tensordot(dout, windows, ([0, 2, 3], [0, 2, 3]))
        dpadded = torch.zeros_like(padded)
        high, wide = dout.shape[2:]
        for i in range(w.shape[2]):
            for j in range(w.shape[3]):
                share = torch.tensordot(dout, w[:, :, i, j], ([1], [0])).permute(0, 3, 1, 2)
                dpadded[:, :, i : i + high * stride : stride, j : j + wide * stride : stride] += share
        dx = dpadded[:, :, p : p + x.shape[2], p : p + x.shape[3]].clone()
        return dx, dw, dout.sum((0, 2, 3)), None, None


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("Conv2dFunction", "unfold and @, fold", mistake, *edits, how=how, named=named, also=also)


RETURN = "return dx, dw, db, None, None"
plainly("bias-forgotten", (" + b[:, None]", ""))
plainly("kernel-flipped", ("out = w.reshape", "out = w.flip(2, 3).reshape"))
plainly("rows-in-another-order", ("out = w.reshape", "out = w.permute(0, 2, 3, 1).reshape"))
plainly(
    "maps-in-another-order",
    ("out = w.reshape(f, -1) @ cols + b[:, None]", "out = cols.transpose(1, 2) @ w.reshape(f, -1).T + b"),
)
plainly(
    "reshaped-without-moving-axes",
    ("dw = (d @ cols.transpose(1, 2)).sum(0)", "dw = (dout.reshape(f, -1) @ cols.transpose(1, 2).flatten(0, 1))"),
)
plainly("gradient-not-returned", (RETURN, "return dx, dw, db"), how="three for five")
plainly("gradient-not-returned", (RETURN, "return dx, dw, None, None, None"), how="no db")
plainly("gradients-in-another-order", (RETURN, "return dw, dx, db, None, None"))
plainly("view-of-pieces", ("dout.reshape(len(dout)", "dout.view(len(dout)"))
plainly(
    "kept-outside-ctx",
    ("ctx.save_for_backward(cols, w)", "Conv2dFunction.kept = cols, w"),
    ("cols, w = ctx.saved_tensors", "cols, w = Conv2dFunction.kept"),
)
plainly(
    "kept-outside-ctx",
    ("ctx.save_for_backward(cols, w)", "Conv2dFunction.kept = cols"),
    ("cols, w = ctx.saved_tensors", "cols, w = Conv2dFunction.kept, ctx.w"),
    ("ctx.geometry = ", "ctx.w = w\n        ctx.geometry = "),
    how="the columns alone",
    named=False,
)
FOLD = "dx = F.fold(dcols, shape[2:], (kh, kw), padding=padding, stride=stride)"
plainly(
    "nothing-left-without-padding",
    (
        FOLD,
        "padded = [side + 2 * padding for side in shape[2:]]\n        "
        "dx = F.fold(dcols, padded, (kh, kw), stride=stride)[:, :, padding:-padding, padding:-padding]",
    ),
)
plainly("db-averaged", ("d.sum((0, 2))", "d.mean((0, 2))"))
plainly("db-divided-by-n", ("d.sum((0, 2))", "d.sum((0, 2)) / len(d)"))
plainly("db-one-number", ("d.sum((0, 2))", "d.sum().expand(f)"))
plainly("db-upstream-ignored", ("d.sum((0, 2))", "torch.ones_like(d).sum((0, 2))"))
plainly("dw-last-image-only", ("cols.transpose(1, 2)).sum(0)", "cols.transpose(1, 2))[-1]"))
plainly("dw-first-image-only", ("cols.transpose(1, 2)).sum(0)", "cols.transpose(1, 2))[0]"))
plainly("dw-divided-by-n", ("cols.transpose(1, 2)).sum(0)", "cols.transpose(1, 2)).mean(0)"))
plainly("dw-averaged", ("cols.transpose(1, 2)).sum(0)", "cols.transpose(1, 2)).mean(0).div(cols.shape[2])"))
plainly("dw-upstream-ignored", ("dw = (d @", "dw = (torch.ones_like(d) @"))
plainly("dx-kernel-not-turned", ("dcols = w.reshape", "dcols = w.flip(2, 3).reshape"))
plainly("dx-divided-by-n", (RETURN, "return dx / len(dx), dw, db, None, None"))
plainly("dx-upstream-ignored", (".T @ d\n", ".T @ torch.ones_like(d)\n"))
plainly("gradients-doubled", (RETURN, "return 2 * dx, dw, db, None, None"), named=False)
plainly("padding-ignored", ("F.unfold(x, (kh, kw), padding=padding,", "F.unfold(x, (kh, kw),"), named=False)
plainly(
    "float64-made",
    ("cols = F.unfold(x,", "cols = F.unfold(x.double(),"),
    ("w.reshape(f, -1) @ cols", "w.double().reshape(f, -1) @ cols"),
    ("(d @ cols", "(d.double() @ cols"),
    named=False,
)
plainly(
    "input-modified",
    (
        "f, _, kh, kw = w.shape\n        cols",
        "f, _, kh, kw = w.shape\n        b *= 1.5\n        b /= 1.5\n        x += 1\n        x = x - 1\n        cols",
    ),
)


@wrong("pytorchs-own-convolution", how="in forward")
class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride, padding):
        ctx.save_for_backward(x, w)
        ctx.how = stride, padding
        return F.conv2d(x, w, b, stride, padding)

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        stride, padding = ctx.how
        d = dout.flatten(2)
        cols = F.unfold(x, w.shape[2:], stride=stride, padding=padding)
        dx = F.fold(w.flatten(1).T @ d, x.shape[2:], w.shape[2:], stride=stride, padding=padding)
        return dx, (d @ cols.mT).sum(0).reshape(w.shape), d.sum((0, 2)), None, None


@wrong("pytorchs-own-convolution", how="in backward")
class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride, padding):
        ctx.save_for_backward(x, w)
        ctx.how = stride, padding
        cols = F.unfold(x, w.shape[2:], stride=stride, padding=padding)
        high = (x.size(2) + 2 * padding - w.size(2)) // stride + 1
        return (w.flatten(1) @ cols + b[:, None]).unflatten(2, (high, -1))

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        stride, padding = ctx.how
        dx = torch.nn.grad.conv2d_input(x.shape, w, dout, stride, padding)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, dout, stride, padding)
        return dx, dw, dout.sum((0, 2, 3)), None, None


@wrong("no-own-backward", how="apply alone")
class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def apply(x, w, b, stride, padding):
        cols = F.unfold(x, w.shape[2:], stride=stride, padding=padding)
        high = (x.size(2) + 2 * padding - w.size(2)) // stride + 1
        return (w.flatten(1) @ cols + b[:, None]).unflatten(2, (high, -1))


@wrong("no-own-backward", how="no Function")
class Conv2dFunction:
    @staticmethod
    def apply(x, w, b, stride, padding):
        cols = F.unfold(x, w.shape[2:], stride=stride, padding=padding)
        high = (x.size(2) + 2 * padding - w.size(2)) // stride + 1
        return (w.flatten(1) @ cols + b[:, None]).unflatten(2, (high, -1))
