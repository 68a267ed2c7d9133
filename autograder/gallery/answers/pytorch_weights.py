"""load_numpy_weights, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right, wrong


@right("copy_ into each")
def load_numpy_weights(model, params):
    with torch.no_grad():
        for key, value in params.items():
            if key in ("fc1.weight", "fc2.weight"):
                value = value.T
            model.get_parameter(key).copy_(torch.from_numpy(value))


@right("a state dict")
def load_numpy_weights(model, params):
    state = {}
    for key, value in params.items():
        tensor = torch.tensor(value)
        state[key] = tensor.t() if key.startswith("fc") and tensor.dim() == 2 else tensor
    model.load_state_dict(state)
    return model


@right("new parameters where the old ones are")
def load_numpy_weights(model, params):
    for name in ("conv1", "conv2", "fc1", "fc2"):
        layer = getattr(model, name)
        w, b = params[f"{name}.weight"], params[f"{name}.bias"]
        w = np.ascontiguousarray(w.T) if isinstance(layer, nn.Linear) else w
        layer.weight = nn.Parameter(torch.tensor(w).to(layer.weight))
        layer.bias = nn.Parameter(torch.tensor(b).to(layer.bias))


@right(".data, one line each")
def load_numpy_weights(model, params):
    model.conv1.weight.data[:] = torch.as_tensor(params["conv1.weight"])
    model.conv1.bias.data[:] = torch.as_tensor(params["conv1.bias"])
    model.conv2.weight.data[:] = torch.as_tensor(params["conv2.weight"])
    model.conv2.bias.data[:] = torch.as_tensor(params["conv2.bias"])
    model.fc1.weight.data[:] = torch.as_tensor(params["fc1.weight"]).T
    model.fc1.bias.data[:] = torch.as_tensor(params["fc1.bias"])
    model.fc2.weight.data[:] = torch.as_tensor(params["fc2.weight"]).T
    model.fc2.bias.data[:] = torch.as_tensor(params["fc2.bias"])


@right("a state dict of tensors like the module's, which take the place of its own")
def load_numpy_weights(model, params):
    state = {}
    for key, own in model.state_dict().items():
        array = params[key].T if key.startswith("fc") and params[key].ndim == 2 else params[key]
        state[key] = torch.tensor(array).to(own)
    model.load_state_dict(state, assign=True)


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("load_numpy_weights", "copy_ into each", mistake, *edits, how=how, named=named, also=also)


def replaced(mistake, *edits, how="", named=True, also=()):
    altered(
        "load_numpy_weights", "new parameters where the old ones are", mistake, *edits, how=how, named=named, also=also
    )


COPY = "model.get_parameter(key).copy_(torch.from_numpy(value))"
plainly("dtype-changed", ("    with torch", "    model.float()\n    with torch"), how="made float32 first")
plainly("not-transposed", ("value = value.T", "pass"))
plainly("reshaped", ("value = value.T", "value = value.reshape(value.shape[::-1])"))
plainly(
    "convolutions-transposed",
    (
        'if key in ("fc1.weight", "fc2.weight"):',
        'if key.endswith("weight") and (value.ndim == 2 or value.shape[0] == value.shape[1] > 2):',
    ),
    ("value = value.T", "value = value.swapaxes(0, 1)"),
)
plainly(
    "convolutions-transposed",
    ('if key in ("fc1.weight", "fc2.weight"):', 'if key.endswith("weight"):'),
    how="all weights",
    named=False,
)
plainly(
    "nothing-loaded", (COPY, "parameter = model.get_parameter(key)\n            parameter = torch.from_numpy(value)")
)
plainly("nothing-loaded", (COPY, "model.get_parameter(key).clone().copy_(torch.from_numpy(value))"), how="into a copy")
plainly("biases-left-out", (COPY, 'if "weight" in key:\n                ' + COPY))
plainly("layer-left-out", (COPY, 'if not key.startswith("fc2"):\n                ' + COPY), how="fc2")
plainly("layer-left-out", (COPY, 'if "conv" in key:\n                ' + COPY), how="both")
plainly("frozen", ("with torch.no_grad():", "model.requires_grad_(False)\n    with torch.no_grad():"))
replaced("frozen", (".to(layer.weight))", ".to(layer.weight), requires_grad=False)"), how="in new parameters")
replaced(
    "no-parameter",
    ("layer.weight = nn.Parameter(torch.tensor(w).to(layer.weight))", "layer.weight = torch.tensor(w)"),
    how="refused",
)
replaced(
    "no-parameter",
    (
        "layer.weight = nn.Parameter(torch.tensor(w).to(layer.weight))",
        "w = torch.tensor(w).to(layer.weight)\n        del layer.weight\n        layer.weight = w",
    ),
)
replaced(
    "dtype-changed", (".to(layer.weight)", ".to(layer.weight.device)"), (".to(layer.bias)", ".to(layer.bias.device)")
)
replaced(
    "left-on-the-cpu", (".to(layer.weight)", ".to(layer.weight.dtype)"), (".to(layer.bias)", ".to(layer.bias.dtype)")
)
replaced("shares-memory", ("torch.tensor(b).to(layer.bias)", "torch.from_numpy(b).to(layer.bias)"), how="the biases")
replaced("shares-memory", ("np.ascontiguousarray(w.T)", "w.T"), ("torch.tensor(w)", "torch.from_numpy(w)"))


@wrong("params-changed")
def load_numpy_weights(model, params):
    for name in ("fc1", "fc2"):
        params[f"{name}.weight"] = params.pop(f"{name}.weight").T
    model.load_state_dict({key: torch.tensor(value) for key, value in params.items()})


@wrong("input-modified", how="transposed in the dict")
def load_numpy_weights(model, params):
    for name in ("fc1", "fc2"):
        params[f"{name}.weight"] = params[f"{name}.weight"].T
    model.load_state_dict({key: torch.tensor(value) for key, value in params.items()})


@wrong("nothing-loaded", how="other keys, not strictly")
def load_numpy_weights(model, params):
    state = {"net." + key: torch.tensor(value) for key, value in params.items()}
    model.load_state_dict(state, strict=False)
