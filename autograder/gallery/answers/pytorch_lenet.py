"""LeNet5 as an nn.Module, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import Later as nn
from autograder.gallery.registry import altered, right, wrong

HERE = "08_pytorch"


@right("layers and a forward", assignment=HERE)
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5, padding=2)
        self.conv2 = nn.Conv2d(20, 50, 5, padding=2)
        self.fc1 = nn.Linear(2450, 500)
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.flatten(1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


@right("Sequential with names", assignment=HERE)
class LeNet5(nn.Sequential):
    def __init__(self):
        super().__init__()
        for name, module in (
            ("conv1", nn.Conv2d(1, 20, kernel_size=5, padding="same")),
            ("relu1", nn.ReLU()),
            ("pool1", nn.MaxPool2d(2)),
            ("conv2", nn.Conv2d(20, 50, kernel_size=5, padding="same")),
            ("relu2", nn.ReLU(inplace=True)),
            ("pool2", nn.MaxPool2d(2, 2)),
            ("flatten", nn.Flatten()),
            ("fc1", nn.Linear(50 * 7 * 7, 500)),
            ("relu3", nn.ReLU()),
            ("fc2", nn.Linear(500, 10)),
        ):
            self.add_module(name, module)


@right("a Sequential around layers that have names too", assignment=HERE)
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 20, 5, 1, 2), nn.Conv2d(20, 50, 5, 1, 2)
        self.fc1, self.fc2 = nn.Linear(2450, 500), nn.Linear(500, 10)
        self.net = nn.Sequential(
            *(self.conv1, nn.MaxPool2d(2), nn.ReLU(), self.conv2, nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Flatten(), self.fc1, nn.ReLU(), self.fc2),
        )

    def forward(self, images):
        return self.net(images)


@right("He's initial weights, reshape, torch.relu", assignment=HERE)
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels=1, out_channels=20, kernel_size=(5, 5), padding=(2, 2), bias=True)
        self.conv2 = nn.Conv2d(in_channels=20, out_channels=50, kernel_size=(5, 5), padding=(2, 2), bias=True)
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.fc1 = nn.Linear(in_features=2450, out_features=500)
        self.fc2 = nn.Linear(in_features=500, out_features=10)
        for layer in (self.conv1, self.conv2, self.fc1):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        h = self.pool(torch.relu(self.conv1(x)))
        h = self.pool(self.conv2(h)).clamp(min=0)
        return self.fc2(torch.relu(self.fc1(h.reshape(h.shape[0], -1))))


@right("lazy layers", assignment=HERE)
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.LazyConv2d(20, kernel_size=5, padding=2)
        self.conv2 = nn.LazyConv2d(50, kernel_size=5, padding=2)
        self.fc1 = nn.LazyLinear(500)
        self.fc2 = nn.LazyLinear(10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


@right("a lazy layer after flattening, called once in __init__", assignment=HERE)
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 20, 5, padding=2), nn.LazyConv2d(50, 5, padding=2)
        self.fc1, self.fc2 = nn.LazyLinear(500), nn.Linear(500, 10)
        self(torch.zeros(1, 1, 28, 28))

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))


def plainly(mistake, *edits, how="", named=True, also=()):
    altered(f"{HERE}/LeNet5", "layers and a forward", mistake, *edits, how=how, named=named, also=also)


LAST, FLAT = "return self.fc2(x)", "x = x.flatten(1)"
plainly("no-module", ("(nn.Module)", ""), ("super().__init__()", "pass"), ("def forward", "def __call__"))
plainly("init-not-called", ("super().__init__()", "pass"))
plainly(
    "not-registered",
    ("self.conv1 = ", "self.convs = [None]\n        self.convs[0] = "),
    ("self.conv1(x)", "self.convs[0](x)"),
    how="in a list",
)
plainly(
    "not-registered",
    ("self.fc2 = nn.Linear(500, 10)", ""),
    (LAST, "return nn.Linear(500, 10)(x)"),
    how="made in forward",
)
plainly(
    "more-than-asked",
    ("self.fc2 = ", "self.fc3 = nn.Linear(10, 10)\n        self.fc2 = "),
    (LAST, "return self.fc3(self.fc2(x))"),
)
plainly("other-sizes", ("nn.Linear(2450, 500)", "nn.Linear(2450, 120)"), ("nn.Linear(500, 10)", "nn.Linear(120, 10)"))
altered(
    f"{HERE}/LeNet5",
    "lazy layers",
    "lazy-layer-unused",
    ("self.fc2 = ", "self.norm = nn.LazyBatchNorm2d()\n        self.fc2 = "),
    named=False,
)
plainly("other-sizes", ("padding=2", "padding=1"), ("20, 5,", "20, 3,"), ("50, 5,", "50, 3,"), how="kernels of 3×3")
plainly("no-bias", ("20, 5, padding=2", "20, 5, padding=2, bias=False"))
plainly("frozen", ("self.fc1 = nn", "self.conv1.requires_grad_(False)\n        self.fc1 = nn"))
plainly(
    "seed-ignored", ("super().__init__()", "super().__init__()\n        torch.manual_seed(0)"), how="a seed of its own"
)
plainly("seed-ignored", ("super().__init__()", "super().__init__()\n        torch.seed()"), how="the clock's")
plainly("not-float32", (" = nn.Linear(500, 10)", " = nn.Linear(500, 10)\n        self.double()"))
plainly("relu-forgotten", ("F.relu(self.conv1(x))", "self.conv1(x)"), how="conv1")
plainly("relu-forgotten", ("F.relu(self.conv2(x))", "self.conv2(x)"), how="conv2")
plainly("relu-forgotten", ("x = F.relu(self.fc1(x))", "x = self.fc1(x)"), how="fc1")
plainly("relu-before-softmax", (LAST, "return F.relu(self.fc2(x))"))
plainly("softmax-in-forward", (LAST, "return self.fc2(x).softmax(1)"))
plainly("softmax-in-forward", (LAST, "return F.log_softmax(self.fc2(x), dim=1)"), how="its logarithm")
plainly("average-pooling", ("F.max_pool2d", "F.avg_pool2d"))
plainly("flatten-order", (FLAT, "x = x.permute(0, 2, 3, 1).flatten(1)"))
plainly("detached", (FLAT, "x = x.detach().flatten(1)"))
plainly("detached", ("def forward", "@torch.no_grad()\n    def forward"), how="no_grad")
plainly("detached", (FLAT, "x = torch.from_numpy(x.detach().numpy()).flatten(1)"), how="NumPy")
plainly("view-needs-one-piece", (FLAT, "x = x.view(x.size(0), -1)"))
plainly("batch-size-fixed", (FLAT, "x = x.reshape(3, 2450)"))
plainly("padding-forgotten", (", padding=2", ""))
plainly("left-on-the-cpu", (LAST, "return self.fc2(x) + torch.zeros(10)"))
plainly(
    "left-on-the-cpu",
    (
        "x = F.max_pool2d(F.relu(self.conv1(x)), 2)",
        "x = x.to('cpu')\n        x = F.max_pool2d(F.relu(self.conv1(x)), 2)",
    ),
    how="images fetched",
)
plainly("dropout", (LAST, "return self.fc2(F.dropout(x, 0.5, self.training))"))
plainly("dropout", (LAST, "return self.fc2(F.dropout(x))"), how="in eval mode too")
plainly(
    "mode-set",
    ("x = F.max_pool2d(F.relu(self.conv1(x)), 2)", "self.train()\n        x = F.max_pool2d(F.relu(self.conv1(x)), 2)"),
)
plainly(
    "input-modified",
    (
        "x = F.max_pool2d(F.relu(self.conv1(x)), 2)",
        "x -= 0.1\n        x = F.max_pool2d(F.relu(self.conv1(x + 0.1)), 2)",
    ),
)
plainly("returns-nothing", (LAST, "self.fc2(x)"))


@wrong("networks-share", assignment=HERE)
class LeNet5(nn.Module):
    conv1, conv2 = nn.Conv2d(1, 20, 5, padding=2), nn.Conv2d(20, 50, 5, padding=2)
    fc1, fc2 = nn.Linear(2450, 500), nn.Linear(500, 10)

    def __init__(self):
        super().__init__()
        for name in ("conv1", "conv2", "fc1", "fc2"):
            setattr(self, name, getattr(type(self), name))

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))
