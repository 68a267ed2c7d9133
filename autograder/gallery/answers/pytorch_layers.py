"""conv_layers, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right


@right("one line each")
def conv_layers():
    return {
        "same": nn.Conv2d(3, 10, kernel_size=5, padding=2),
        "smaller": nn.Conv2d(10, 20, kernel_size=3, stride=2, padding=1),
        "oblong": nn.Conv2d(1, 8, kernel_size=(3, 5), stride=(1, 2), padding=(1, 2)),
        "pointwise": nn.Conv2d(64, 16, kernel_size=1),
        "spread": nn.Conv2d(8, 8, kernel_size=3, padding=2, dilation=2),
        "depthwise": nn.Conv2d(32, 32, kernel_size=3, padding=1, groups=32, bias=False),
        "series": nn.Conv1d(6, 12, kernel_size=4, stride=2, padding=1),
        "volume": nn.Conv3d(1, 8, kernel_size=3, stride=(1, 2, 2), padding=1),
    }


@right("padding same where steps are 1")
def conv_layers():
    layers = {}
    layers["same"] = nn.Conv2d(3, 10, 5, padding="same")
    layers["smaller"] = nn.Conv2d(10, 20, 3, 2, 1)
    layers["oblong"] = nn.Conv2d(1, 8, (3, 5), (1, 2), (1, 2))
    layers["pointwise"] = nn.Conv2d(64, 16, (1, 1), padding="valid")
    layers["spread"] = nn.Conv2d(8, 8, 3, padding="same", dilation=2)
    layers["depthwise"] = nn.Conv2d(32, 32, 3, 1, 1, 1, 32, False)
    layers["series"] = nn.Conv1d(6, 12, 4, 2, 1)
    layers["volume"] = nn.Conv3d(1, 8, (3, 3, 3), (1, 2, 2), (1, 1, 1))
    return layers


@right("a ModuleDict")
def conv_layers():
    c1, c2, c3 = nn.Conv1d, nn.Conv2d, nn.Conv3d
    return nn.ModuleDict(
        dict(
            same=c2(3, 10, 5, padding=(2, 2)),
            smaller=c2(10, 20, 3, stride=(2, 2), padding=1),
            oblong=c2(1, 8, (3, 5), stride=(1, 2), padding=(1, 2), padding_mode="zeros"),
            pointwise=c2(64, 16, 1),
            spread=c2(8, 8, 3, dilation=(2, 2), padding=2),
            depthwise=c2(32, 32, 3, padding=1, groups=32, bias=False),
            series=c1(6, 12, 4, 2, padding=1),
            volume=c3(1, 8, 3, stride=(1, 2, 2), padding=1),
        )
    )


@right("lazy layers, which find the input channels")
def conv_layers():
    return {
        "same": nn.LazyConv2d(10, kernel_size=5, padding=2),
        "smaller": nn.LazyConv2d(20, kernel_size=3, stride=2, padding=1),
        "oblong": nn.LazyConv2d(8, kernel_size=(3, 5), stride=(1, 2), padding=(1, 2)),
        "pointwise": nn.LazyConv2d(16, kernel_size=1),
        "spread": nn.LazyConv2d(8, kernel_size=3, padding=2, dilation=2),
        "depthwise": nn.LazyConv2d(32, kernel_size=3, padding=1, groups=32, bias=False),
        "series": nn.LazyConv1d(12, kernel_size=4, stride=2, padding=1),
        "volume": nn.LazyConv3d(8, kernel_size=3, stride=(1, 2, 2), padding=1),
    }


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("conv_layers", "one line each", mistake, *edits, how=how, named=named, also=also)


plainly("no-dict", ("return {", "return list({"), ("padding=1),\n    }", "padding=1),\n    }.values())"))
plainly("returns-nothing", ("return {", "layers = {"))
plainly("keys", ('"smaller"', '"halves"'))
plainly("no-layer", ("nn.Conv2d(64, 16, kernel_size=1)", "nn.Conv2d"), how="a class")
plainly(
    "no-layer", ("nn.Conv2d(64, 16, kernel_size=1)", "nn.Conv2d(64, 16, 1)(torch.zeros(1, 64, 7, 7))"), how="called"
)
plainly("other-dimension", ("nn.Conv1d(6, 12, kernel_size=4", "nn.Conv2d(6, 12, kernel_size=4"))
plainly("other-dimension", ("nn.Conv3d(1", "nn.Conv2d(1"), ("(1, 2, 2)", "(1, 2)"), how="the volume")
plainly(
    "padding-mode", ("kernel_size=5, padding=2)", 'kernel_size=5, padding=2, padding_mode="circular")'), how="circular"
)
plainly("channels-swapped", ("nn.Conv2d(64, 16", "nn.Conv2d(16, 64"))
plainly("other-channels", ("nn.Conv3d(1, 8", "nn.Conv3d(16, 8"), how="the depth taken for channels")
plainly("other-kernel", ("nn.Conv2d(3, 10, kernel_size=5, padding=2)", "nn.Conv2d(3, 10, kernel_size=3, padding=1)"))
plainly(
    "sides-swapped",
    ("kernel_size=(3, 5), stride=(1, 2), padding=(1, 2)", "kernel_size=(5, 3), stride=(2, 1), padding=(2, 1)"),
)
plainly("sides-swapped", ("stride=(1, 2), padding=(1, 2)", "stride=(2, 1), padding=(1, 2)"), how="the steps alone")
plainly("no-padding", ("kernel_size=5, padding=2", "kernel_size=5"))
plainly("no-padding", ("kernel_size=4, stride=2, padding=1", "kernel_size=4, stride=2"), how="the series")
plainly("stride-forgotten", ("kernel_size=3, stride=2, padding=1", "kernel_size=3, padding=1"))
plainly("steps-in-every-axis", ("stride=(1, 2, 2)", "stride=2"))
plainly("padding-for-the-narrow-kernel", ("padding=2, dilation=2", "padding=1, dilation=2"))
plainly("dilation-forgotten", ("padding=2, dilation=2", "padding=1"))
plainly(
    "dilation-forgotten",
    ("kernel_size=3, padding=2, dilation=2", "kernel_size=5, padding=2"),
    how="a larger kernel",
    also=("other-kernel",),
)
plainly("groups-forgotten", ("groups=32, ", ""))
plainly("bias-kept", (", bias=False", ""))
plainly("bias-missing", ("kernel_size=5, padding=2", "kernel_size=5, padding=2, bias=False"))
plainly(
    "transposed",
    ("nn.Conv2d(10, 20, kernel_size=3, stride=2, padding=1)", "nn.ConvTranspose2d(10, 20, 4, stride=2, padding=1)"),
)
plainly("padding-too-wide", ("kernel_size=3, stride=2, padding=1", "kernel_size=3, stride=2, padding=2"), named=False)
