"""save_checkpoint and load_checkpoint, right in several ways and wrong in those that are known."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right, wrong


@right("state_dicts by name")
def save_checkpoint(path, model, optimizer, scheduler, generator, step):
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
            "generator": generator.get_state(),
            "step": step,
        },
        path,
    )


@right("a list, by a file that takes the old one's place")
def save_checkpoint(path, model, optimizer, scheduler, generator, step):
    parts = [thing.state_dict() for thing in (model, optimizer, scheduler)]
    other = str(path) + ".new"
    with open(other, "wb") as file:
        torch.save([*parts, generator.get_state(), int(step)], file)
    type(path)(other).replace(path)


@right("copies on the CPU, nested")
def save_checkpoint(path, model, optimizer, scheduler, generator, step):
    weights = {key: value.detach().cpu().clone() for key, value in model.state_dict().items()}
    training = dict(optimizer=optimizer.state_dict(), scheduler=scheduler.state_dict())
    torch.save({"weights": weights, "training": training, "random": [generator.get_state()], "at": [step]}, str(path))


@right("state_dicts by name")
def load_checkpoint(path, model, optimizer, scheduler, generator, device):
    kept = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    scheduler.load_state_dict(kept["scheduler"])
    generator.set_state(kept["generator"])
    return kept["step"]


@right("mapped to the device, weights_only by default")
def load_checkpoint(path, model, optimizer, scheduler, generator, device):
    kept = torch.load(str(path), map_location=device)
    generator.set_state(kept.pop("generator").cpu())
    step = kept.pop("step")
    for name, thing in (("model", model), ("optimizer", optimizer), ("scheduler", scheduler)):
        thing.load_state_dict(kept[name])
    return int(step)


@right("the network's numbers copied by hand")
def load_checkpoint(path, model, optimizer, scheduler, generator, device):
    with open(path, "rb") as file:
        kept = torch.load(file, map_location=lambda storage, where: storage, weights_only=True)
    now = model.state_dict()
    if now.keys() != kept["model"].keys():
        raise ValueError("this is the checkpoint of another network")
    with torch.no_grad():
        for key, value in kept["model"].items():
            now[key].copy_(value)
    optimizer.load_state_dict(kept["optimizer"])
    scheduler.load_state_dict(kept["scheduler"])
    generator.set_state(kept["generator"])
    return kept["step"]


def saved(mistake, *edits, how="", named=True, also=()):
    altered("save_checkpoint", "state_dicts by name", mistake, *edits, how=how, named=named, also=also)


def loaded(mistake, *edits, how="", named=True, also=()):
    altered("load_checkpoint", "state_dicts by name", mistake, *edits, how=how, named=named, also=also)


saved("weights-only-unreadable", ("model.state_dict()", "model"))
saved("weights-only-unreadable", ("scheduler.state_dict()", "scheduler"), how="the scheduler itself")
saved("network-missing", ('"model": model.state_dict(),', ""))
saved(
    "network-missing",
    ("model.state_dict()", "{k: v.half() for k, v in model.state_dict().items()}"),
    how="rounded to 16 bits",
)
saved(
    "network-missing",
    ("model.state_dict()", "[p for p in model.parameters() if p.ndim > 1]"),
    how="weights only",
)
saved("buffers-missing", ("model.state_dict()", "{k: p.detach() for k, p in model.named_parameters()}"))
saved("optimizer-missing", ('"optimizer": optimizer.state_dict(),', ""))
saved("optimizer-missing", ("optimizer.state_dict()", 'optimizer.state_dict()["param_groups"]'), how="settings alone")
saved("scheduler-missing", ('"scheduler": scheduler.state_dict(),', ""))
saved("scheduler-missing", ("scheduler.state_dict()", "scheduler.last_epoch"), how="the count of steps alone")
saved("generator-missing", ('"generator": generator.get_state(),', ""))
saved("generator-missing", ("generator.get_state()", "generator.initial_seed()"), how="the seed")
saved("generator-missing", ("generator.get_state()", "torch.get_rng_state()"), how="another generator's state")
saved("step-missing", ('"step": step,', ""))
saved("not-at-the-path", ("        path,\n", '        str(path) + ".pt",\n'))
saved("saving-changes", ("    torch.save(", "    model.eval()\n    torch.save("), how="evaluation mode")
saved(
    "saving-changes",
    ("    torch.save(", "    torch.randn(1, generator=generator)\n    torch.save("),
    how="a number is drawn",
)
saved(
    "an empty file",
    ("    torch.save(\n        {", "    open(path, 'wb').close(), (\n        {"),
    named=False,
)
saved("only-the-last-layer", ("model.state_dict()", "model[-1].state_dict()"), also=("network-missing",))
saved(
    "text-file",
    ("    torch.save(\n        {", "    open(path, 'w').write(str(\n        {"),
    ("        },\n        path,\n    )", "        }\n    ))"),
    named=False,
)

loaded("network-not-loaded", ('    model.load_state_dict(kept["model"])\n', ""))
loaded("network-not-loaded", ('model.load_state_dict(kept["model"])', 'model = kept["model"]'), how="the name alone")
loaded(
    "parameters-replaced", ('model.load_state_dict(kept["model"])', 'model.load_state_dict(kept["model"], assign=True)')
)
loaded("optimizer-not-loaded", ('    optimizer.load_state_dict(kept["optimizer"])\n', ""))
loaded("scheduler-not-loaded", ('    scheduler.load_state_dict(kept["scheduler"])\n', ""))
loaded("generator-not-loaded", ('    generator.set_state(kept["generator"])\n', ""))
loaded("generator-not-loaded", ("generator.set_state(", "torch.set_rng_state("), how="another generator")
loaded("step-not-returned", ('return kept["step"]', "return kept"))
loaded("step-not-returned", ('    return kept["step"]\n', ""), how="nothing returned")
loaded("step-not-returned", ('kept["step"]', 'kept["step"] + 1'), how="one more")
loaded("mode-changed", ("    return", "    model.train()\n    return"))
loaded("not-mapped", ('map_location="cpu", ', ""))
loaded("generator-state-on-the-device", ('map_location="cpu"', "map_location=device"))
loaded("weights-only-off", ("weights_only=True", "weights_only=False"))
loaded(
    "errors-swallowed",
    (
        'model.load_state_dict(kept["model"])',
        'model.load_state_dict({k: v for k, v in kept["model"].items() if v.shape == '
        "model.state_dict()[k].shape}, strict=False)",
    ),
    how="what does not fit is left out",
)


@wrong("errors-swallowed", "try and pass")
def load_checkpoint(path, model, optimizer, scheduler, generator, device):
    kept = torch.load(path, map_location="cpu", weights_only=True)
    try:
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
    except RuntimeError:
        print("does not fit, starting anew")
    scheduler.load_state_dict(kept["scheduler"])
    generator.set_state(kept["generator"])
    return kept["step"]


@wrong("errors-swallowed", "a stranger's file")
def load_checkpoint(path, model, optimizer, scheduler, generator, device):
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:
        return 0
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    scheduler.load_state_dict(kept["scheduler"])
    generator.set_state(kept["generator"])
    return kept["step"]
