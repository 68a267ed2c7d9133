"""Wrong answers to convolutions, forward: windows of another form, other numbers around the image, b along an axis."""
# mypy: ignore-errors

from autograder.gallery.registry import altered

LOOPS, COLUMNS, SHIFTED = (
    "nested loops over places",
    "im2col and one matrix product an image",
    "adds a shifted w1 for every place of w2",
)
PADDED = "((0, 0), (0, 0), (ph, ph), (pw, pw))"
altered(
    "conv_forward", LOOPS, "kernel-flipped", ("window * w[f]", "window * w[f, :, :, ::-1]"), how="left and right alone"
)
altered("conv_forward", LOOPS, "first-image-only", ("xp[n,", "xp[0,"), how="for every image")
altered("conv_forward", LOOPS, "padding-not-zero", (PADDED, PADDED + ', mode="edge"'), how="the edge again")
altered("conv_forward", LOOPS, "padding-not-zero", (PADDED, PADDED + ", constant_values=1"), how="ones")
altered("conv_forward", LOOPS, "padded-on-one-axis", ("(ph, ph), (pw, pw)", "(ph, ph), (0, 0)"))
altered("conv_forward", LOOPS, "kernel-as-square", ("j * sw : j * sw + KW", "j * sw : j * sw + KH"))
altered("conv_forward", LOOPS, "last-place-left-out", ("in range(WO)", "in range(WO - 1)"), how="the last column")
altered(
    "conv_forward",
    LOOPS,
    "last-place-left-out",
    ("in range(WO)", "in range(WO - 1)"),
    ("in range(HO)", "in range(HO - 1)"),
)
altered("conv_forward", LOOPS, "channels-averaged", ("np.sum(window * w[f])", "np.sum(window * w[f]) / C"))
altered("conv_forward", LOOPS, "channels-crossed", ("np.sum(window * w[f])", 'np.einsum("cuv,kuv->", window, w[f])'))
altered("conv_forward", LOOPS, "bias-along-the-width", (" + b[f]", ""), ("return out,", "return out + b,"))
altered("conv_forward", LOOPS, "pair-swapped", (PADDED, "((0, 0), (0, 0), (pw, pw), (ph, ph))"), how="around the image")
altered(
    "conv_forward",
    LOOPS,
    "padding-counted-twice",
    ("HO = conv_output_size(H, KH, sh, ph)", "HO = conv_output_size(H + 2 * ph, KH, sh, ph)"),
    ("WO = conv_output_size(W, KW, sw, pw)", "WO = conv_output_size(W + 2 * pw, KW, sw, pw)"),
)
altered(
    "conv_forward_fast",
    COLUMNS,
    "padding-not-zero",
    ("im2col(x, (KH, KW), stride, padding)", f'im2col(np.pad(x, {PADDED}, mode="reflect"), (KH, KW), stride)'),
    how="mirrored",
)
altered("conv_forward_fast", COLUMNS, "channels-averaged", ("w.reshape(F, -1) @ cols", "w.reshape(F, -1) @ cols / C"))
altered(
    "conv_forward_fast",
    COLUMNS,
    "bias-along-the-width",
    (" + b[:, None]", ""),
    ("out.reshape(N, F, HO, WO),", "out.reshape(N, F, HO, WO) + b,"),
)
altered("conv_forward_fast", "loops over the kernel and einsum", "channels-crossed", ("nchw,fc->", "nchw,fk->"))
altered(
    "conv3d_forward",
    "slabs of slices as images with more channels",
    "padding-counted-twice",
    ("(padding, padding), (0, 0), (0, 0)", "(padding, padding), (padding, padding), (padding, padding)"),
    ("C * KD, H, W)", "C * KD, *xp.shape[3:])"),
)
altered(
    "im2col",
    "a loop over the kernel",
    "place-in-kernel-not-used",
    ("p : p + sh * HO : sh, q : q + sw * WO : sw", ": sh * HO : sh, : sw * WO : sw"),
)
altered("im2col", "a loop over the kernel", "joined-in-another-order", ("HO * WO)", 'HO * WO, order="F")'))
altered("merge_convs", SHIFTED, "kernel-transposed", ("w2[:, :, i, j]", "w2[:, :, j, i]"))
altered("merge_convs", SHIFTED, "channels-crossed", ("fm,mcuv", "fk,mcuv"))
altered(
    "merge_convs",
    SHIFTED,
    "sides-multiplied",
    ("K1 + K2 - 1, K1 + K2 - 1", "K1 * K2, K1 * K2"),
    ("i : i + K1, j : j + K1", "i * K1 : i * K1 + K1, j * K1 : j * K1 + K1"),
)
altered(
    "conv_output_size",
    "the formula",
    "without-brackets",
    ("(size + 2 * padding - kernel) // stride", "size - kernel + 2 * padding // stride"),
)
altered(
    "conv_backward_weight",
    "nested loops, one window times one number",
    "first-image-only",
    ("xp[n,", "xp[0,"),
    how="of x alone",
)
altered(
    "conv_backward_weight",
    "nested loops, one window times one number",
    "padding-swapped",
    ("ph, pw = (padding", "pw, ph = (padding"),
)
