"""build_model, right in several styles."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF007, B905

from autograder.gallery.registry import right


@right("Sequential, three rounds of convolution, batchnorm, ReLU, pooling")
def build_model():
    return nn.Sequential(
        nn.Conv2d(1, 24, 3, padding=1),
        nn.BatchNorm2d(24),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(24, 48, 3, padding=1),
        nn.BatchNorm2d(48),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(48, 96, 3, padding=1),
        nn.BatchNorm2d(96),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(96, 10),
    )


@right("a class with a loop over its layers")
def build_model():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            widths = [1, 20, 40, 80]
            self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1, bias=False) for a, b in zip(widths, widths[1:]))
            self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in widths[1:])
            self.drop = nn.Dropout(0.1)
            self.fc = nn.Linear(80, 10)

        def forward(self, x):
            for conv, norm in zip(self.convs, self.norms, strict=True):
                x = F.max_pool2d(F.relu(norm(conv(x))), 2)
            x = x.amax(dim=(2, 3))
            return self.fc(self.drop(x))

    return Net()


@right("functional, with parameters of its own")
def build_model():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.ParameterDict()
            for k, (c, f) in enumerate([(1, 24), (24, 48), (48, 96)]):
                self.weights[f"conv{k}"] = nn.Parameter(torch.randn(f, c, 3, 3) * (2 / (9 * c)) ** 0.5)
                self.weights[f"gamma{k}"] = nn.Parameter(torch.ones(f))
                self.weights[f"beta{k}"] = nn.Parameter(torch.zeros(f))
                self.register_buffer(f"mean{k}", torch.zeros(f))
                self.register_buffer(f"var{k}", torch.ones(f))
            self.weights["fc"] = nn.Parameter(0.01 * torch.randn(10, 96))
            self.weights["bias"] = nn.Parameter(torch.zeros(10))

        def forward(self, x):
            w = self.weights
            for k in range(3):
                x = F.conv2d(x, w[f"conv{k}"], padding=1)
                running = getattr(self, f"mean{k}"), getattr(self, f"var{k}")
                x = F.batch_norm(x, *running, w[f"gamma{k}"], w[f"beta{k}"], training=self.training)
                x = F.relu(x)
                if k < 2:
                    x = F.max_pool2d(x, 2)
            return F.linear(x.amax((2, 3)), w["fc"], w["bias"])

    return Functional()


@right("depthwise separable, strides in place of pooling")
def build_model():
    def separable(channels, filters, stride):
        return nn.Sequential(
            nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False),
            nn.Conv2d(channels, filters, 1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(inplace=True),
        )

    return nn.Sequential(
        nn.Conv2d(1, 32, 3, 1, 1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(inplace=True),
        separable(32, 64, 2),
        separable(64, 96, 1),
        separable(96, 128, 2),
        separable(128, 128, 1),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(128, 10),
    )


@right("residual blocks")
def build_model():
    class Block(nn.Module):
        def __init__(self, channels, filters, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(filters)
            self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(filters)
            self.shortcut = nn.Conv2d(channels, filters, 1, stride, bias=False)

        def forward(self, x):
            out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            out += self.shortcut(x)
            return F.relu(out)

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
            self.body = nn.Sequential(Block(16, 32, 2), Block(32, 56, 2))
            self.head = nn.Linear(56, 10)

        def forward(self, x):
            x = self.body(self.stem(x))
            return self.head(x.amax(dim=[2, 3]))

    return ResNet()


@right("lazy layers, SiLU, a gate on the channels, log-softmax at the end")
def build_model():
    class Gate(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.fc1, self.fc2 = nn.Linear(channels, 8), nn.Linear(8, channels)

        def forward(self, x):
            s = torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((-2, -1))))))
            return x * s[:, :, None, None]

    class Largest(nn.Module):
        def forward(self, x):
            return x.max(-1).values

    layers = []
    for filters in (24, 48, 80):
        layers += [nn.LazyConv2d(filters, 3, padding="same"), nn.LazyBatchNorm2d(), nn.SiLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, Gate(80), nn.Flatten(2), Largest(), nn.LazyLinear(10), nn.LogSoftmax(dim=1))
