"""LeNet5BN as an nn.Module, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import Later as LeNet5
from autograder.gallery.registry import Later as nn
from autograder.gallery.registry import altered, right

HERE = "08_pytorch"


@right("layers and a forward", assignment=HERE)
class LeNet5BN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5, padding=2)
        self.bn1 = nn.BatchNorm2d(20)
        self.conv2 = nn.Conv2d(20, 50, 5, padding=2)
        self.bn2 = nn.BatchNorm2d(50)
        self.fc1 = nn.Linear(2450, 500)
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


@right("from LeNet5", assignment=HERE)
class LeNet5BN(LeNet5):
    def __init__(self):
        super().__init__()
        self.bn1, self.bn2 = nn.BatchNorm2d(20), nn.BatchNorm2d(50)

    def forward(self, x):
        for conv, bn in ((self.conv1, self.bn1), (self.conv2, self.bn2)):
            x = F.max_pool2d(bn(conv(x)).relu(), kernel_size=2)
        return self.fc2(torch.relu(self.fc1(torch.flatten(x, start_dim=1))))


@right("Sequential with names", assignment=HERE)
class LeNet5BN(nn.Sequential):
    def __init__(self):
        super().__init__()
        before = 1
        for k, maps in ((1, 20), (2, 50)):
            self.add_module(f"conv{k}", nn.Conv2d(before, maps, 5, padding=2))
            self.add_module(f"bn{k}", nn.BatchNorm2d(maps, eps=1e-5, momentum=0.1))
            self.add_module(f"act{k}", nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)))
            before = maps
        self.flat = nn.Flatten()
        self.fc1 = nn.Linear(2450, 500)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(500, 10)


@right("lazy layers", assignment=HERE)
class LeNet5BN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.LazyConv2d(20, kernel_size=5, padding=2), nn.LazyBatchNorm2d()
        self.conv2, self.bn2 = nn.LazyConv2d(50, kernel_size=5, padding=2), nn.LazyBatchNorm2d()
        self.fc1, self.fc2 = nn.LazyLinear(500), nn.LazyLinear(10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def plainly(mistake, *edits, how="", named=True, also=()):
    altered(f"{HERE}/LeNet5BN", "layers and a forward", mistake, *edits, how=how, named=named, also=also)


FIRST, SECOND = "F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)", "F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)"
plainly(
    "norm-after-relu",
    ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(F.relu(self.conv1(x)))"),
    ("F.relu(self.bn2(self.conv2(x)))", "self.bn2(F.relu(self.conv2(x)))"),
)
plainly(
    "norm-after-pooling",
    (FIRST, "self.bn1(F.max_pool2d(F.relu(self.conv1(x)), 2))"),
    (SECOND, "self.bn2(F.max_pool2d(F.relu(self.conv2(x)), 2))"),
)
plainly("norm-not-used", ("self.bn1(self.conv1(x))", "self.conv1(x)"), how="the first")
plainly("norm-not-used", ("self.bn2(self.conv2(x))", "self.conv2(x)"), how="the second")
plainly(
    "always-in-training-mode",
    ("nn.BatchNorm2d(20)", "nn.BatchNorm2d(20, track_running_stats=False)"),
    how="nothing tracked",
    named=False,
)
plainly(
    "always-in-training-mode",
    ("self.bn1(self.conv1(x))", "F.batch_norm(self.conv1(x), None, None, self.bn1.weight, self.bn1.bias, True)"),
    ("self.bn2(self.conv2(x))", "F.batch_norm(self.conv2(x), None, None, self.bn2.weight, self.bn2.bias, True)"),
    also=("running-not-updated",),
)
plainly(
    "mode-set",
    ("x = " + FIRST, "self.train()\n        x = " + FIRST),
    how="and wrong numbers",
    also=("always-in-training-mode",),
)


def functional(call):
    """Both batchnorms as a call of F.batch_norm: {k} stands for their number."""
    return ((f"self.bn{k}(self.conv{k}(x))", call.replace("{k}", str(k))) for k in (1, 2))


RUNNING = "self.bn{k}.running_mean, self.bn{k}.running_var, "
COPIED = "self.bn{k}.running_mean.clone(), self.bn{k}.running_var.clone(), "
REST = "self.bn{k}.weight, self.bn{k}.bias"
plainly("never-in-training-mode", *functional("F.batch_norm(self.conv{k}(x), " + RUNNING + REST + ")"))
plainly("running-not-updated", *functional("F.batch_norm(self.conv{k}(x), " + COPIED + REST + ", self.training)"))
plainly(
    "other-momentum",
    ("nn.BatchNorm2d(20)", "nn.BatchNorm2d(20, momentum=0.9)"),
    ("nn.BatchNorm2d(50)", "nn.BatchNorm2d(50, momentum=0.9)"),
)
plainly(
    "other-momentum",
    ("nn.BatchNorm2d(20)", "nn.BatchNorm2d(20, momentum=0.01)"),
    ("nn.BatchNorm2d(50)", "nn.BatchNorm2d(50, momentum=0.01)"),
    how="that of 06",
)
plainly("relu-forgotten", ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"))
plainly(
    "no-bias",
    ("20, 5, padding=2", "20, 5, padding=2, bias=False"),
    ("50, 5, padding=2", "50, 5, padding=2, bias=False"),
)
plainly("not-affine", ("nn.BatchNorm2d(20)", "nn.BatchNorm2d(20, affine=False)"), named=False)
plainly("one-dimension", ("nn.BatchNorm2d(20)", "nn.BatchNorm1d(20)"), named=False)
plainly("view-needs-one-piece", ("x.flatten(1)", "x.view(len(x), 2450)"))
plainly("eps-larger", ("nn.BatchNorm2d(20)", "nn.BatchNorm2d(20, eps=1e-3)"), named=False)
plainly("other-sizes", ("self.bn1(self.conv1(x))", "self.bn1(self.conv1(x)[:, :, 1:])"), how="a row lost", named=False)
