"""train_fast, right in several ways."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import right


@right("SGD with Nesterov's momentum, OneCycleLR")
def train_fast(model, images, labels, device, epochs=4, batch_size=50, lr=0.1, compiled=False):
    was_training = model.training
    model.train()
    model.to(device, memory_format=torch.channels_last)
    images = images.to(device, memory_format=torch.channels_last)
    labels = labels.to(device)
    forward = torch.compile(model) if compiled else model
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
    steps = epochs * -(-len(images) // batch_size)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=lr, total_steps=steps, cycle_momentum=False)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), device=device)
        for batch in order.split(batch_size):
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type != "cpu"):
                loss = F.cross_entropy(forward(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.detach())
    model.train(was_training)
    return torch.stack(losses).tolist()


@right("label smoothing, a rate set by hand, what is left over dropped")
def train_fast(model, images, labels, device, epochs=4, batch_size=50, lr=0.1, compiled=False):
    mode = model.training
    model = model.to(device).to(memory_format=torch.channels_last)
    x, y = images.to(device), labels.to(device)
    net = torch.compile(model, mode="reduce-overhead") if compiled else model
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.85, nesterov=True)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    whole = len(x) // batch_size
    total, k = epochs * whole, 0
    history = torch.zeros(total, device=device)
    for _ in range(epochs):
        order = torch.randperm(len(x), device=x.device)[: whole * batch_size].reshape(whole, batch_size)
        for row in range(whole):
            for group in opt.param_groups:
                group["lr"] = lr * min((k + 1) / max(1, total // 4), (total - k) / (total - total // 4))
            opt.zero_grad(set_to_none=True)
            with torch.autocast(device_type=device.type, dtype=torch.bfloat16):
                loss = criterion(net(x[order[row]]), y[order[row]])
            loss.backward()
            opt.step()
            history[k] = loss.detach().float()
            k += 1
    model.train(mode)
    return history.tolist()


@right("shuffled copies on the device, cosine, clipped gradients")
def train_fast(model, images, labels, device, epochs=4, batch_size=50, lr=0.1, compiled=False):
    before = model.training
    model.to(device=device)
    model.to(memory_format=torch.channels_last)
    model.train()
    if compiled:
        model.compile()
    all_images, all_labels = images.to(device, non_blocking=True), labels.to(device, non_blocking=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * -(-len(images) // batch_size))
    kept = []
    for _ in range(epochs):
        order = torch.randperm(len(all_images)).to(device)
        x, y = all_images[order], all_labels[order]
        for start in range(0, len(x), batch_size):
            with torch.amp.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                logits = model(x[start : start + batch_size])
            loss = F.cross_entropy(logits.float(), y[start : start + batch_size])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            optimizer.zero_grad()
            cosine.step()
            kept.append(loss.detach())
    model.train(before)
    return [float(loss) for loss in torch.stack(kept).cpu()]


@right("float16 with a scaler, epochs read one by one")
def train_fast(model, images, labels, device, epochs=4, batch_size=50, lr=0.1, compiled=False):
    mode, use_cuda = model.training, device.type == "cuda"
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True)
    model.to(device, memory_format=torch.channels_last).train()
    x = images.to(device).contiguous(memory_format=torch.channels_last)
    y = labels.to(device)
    net = torch.compile(model) if compiled else model
    scaler = torch.amp.GradScaler("cuda", enabled=use_cuda)
    steps = epochs * -(-len(x) // batch_size)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min((k + 1) / (0.3 * steps), 1, (steps - k) / (0.7 * steps))
    )
    history = []
    for _ in range(epochs):
        this_epoch = []
        for batch in torch.randperm(len(x)).to(device).split(batch_size):
            with torch.autocast("cuda", dtype=torch.float16, enabled=use_cuda):
                loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            scheduler.step()
            this_epoch.append(loss.detach())
        history += torch.stack(this_epoch).tolist()
    model.train(mode)
    return history
