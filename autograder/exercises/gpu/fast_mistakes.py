"""Mistakes in a fast training loop, by name."""

from __future__ import annotations

from autograder.judging.mistake import Mistake

MISTAKES = (
    Mistake("labels-apart", "Images and labels are shuffled apart: use one order for both."),
    Mistake("other-images", "The network was shown images that are not among those handed over, or not as they are."),
    Mistake("last-batch-filled", "The last batch is filled up with images that were used already in this epoch."),
    Mistake("last-batch-dropped", "In an epoch some images never come, although they fill a batch."),
    Mistake("batch-size-ignored", "The batches do not have the size that was asked for."),
    Mistake("epochs-ignored", "The number of epochs that was asked for is not used."),
    Mistake(
        "drawn-with-replacement",
        "Each batch is drawn from all the images, so in an epoch some come twice and some never. Draw one "
        "order for all "
        "(`torch.randperm`) and cut it into batches.",
    ),
    Mistake("not-shuffled", "The images come in the order in which they lie in memory: draw one for each epoch."),
    Mistake("shuffled-once", "All epochs have the same order: draw a new one at the beginning of each."),
    Mistake(
        "batches-stay-together",
        "The same images form a batch in every epoch; only the order of the batches changes. Shuffle the images.",
    ),
    Mistake(
        "seed-ignored",
        "The order must come out of PyTorch's generator, so that `torch.manual_seed` decides it, and nothing "
        "else does.",
    ),
    Mistake(
        "gradients-kept",
        "`backward` adds to the gradients that are there. Set them to zero for each step: `optimizer.zero_grad()`.",
    ),
    Mistake(
        "zeroed-before-the-step",
        "The gradients are set to zero after `backward` and before `step`: then no step is left.",
    ),
    Mistake(
        "nothing-learned",
        "The network that was handed over is as it was: a copy was trained, or its parameters never reached "
        "the optimizer.",
    ),
    Mistake(
        "partly-trained", "All parameters are to be trained: `model.parameters()` go to the optimizer, none is frozen."
    ),
    Mistake("backward-twice", "Each loss goes backward once: a second time doubles the gradient, and the time."),
    Mistake(
        "no-schedule",
        "All steps have the same learning rate. Let it rise and fall: `torch.optim.lr_scheduler.OneCycleLR`.",
    ),
    Mistake(
        "schedule-not-stepped", "There is a schedule, but it never moves: call `scheduler.step()` after each step."
    ),
    Mistake(
        "schedule-by-epoch",
        "The schedule moves once an epoch and was made for more steps than that: call `scheduler.step()` "
        "after each batch.",
    ),
    Mistake(
        "schedule-ends-high",
        "The learning rate is still high at the last step: the schedule is longer than the training.",
    ),
    Mistake("lr-ignored", "The highest learning rate is not the lr that was passed."),
    Mistake("history-by-epoch", "history has one number an epoch; it holds the loss of every step."),
    Mistake(
        "history-of-tensors",
        "A tensor keeps its place on the device, and perhaps the whole graph behind it: return floats.",
    ),
    Mistake("loss-summed", "The losses are sums over the batch; the mean suits batches of any size."),
    Mistake("mode-not-set", "Set the mode that training needs, `model.train()`: dropout and batchnorm hang on it."),
    Mistake("mode-not-given-back", "Note `model.training` at the beginning, and give the network back in that mode."),
    Mistake(
        "errors-swallowed", "An error is kept quiet (`except: pass`), and a network comes back that was not trained."
    ),
    Mistake(
        "cuda-hard-coded",
        "The device is written into the code, and a machine without CUDA cannot run it: use `device`.",
    ),
    Mistake(
        "left-on-the-cpu",
        "Something stayed on the CPU. Network, images and labels must all be on `device`; "
        "`tensor.to(device)` returns a new "
        "tensor and leaves the old one where it was.",
    ),
    Mistake(
        "copied-in-every-step",
        "Images go to the GPU batch by batch, and it waits for each. The whole set fits: copy it once, "
        "before the loop.",
    ),
    Mistake(
        "read-in-every-step",
        "A number is read back in every step (`loss.item()`, `float(loss)`, an `if` on a tensor). Each time "
        "the processor "
        "waits until the GPU has finished, and the GPU then waits for the processor. Keep `loss.detach()` "
        "and read all at the end.",
    ),
    Mistake(
        "not-channels-last",
        "`model.to(memory_format=torch.channels_last)` is missing: GPUs convolve fastest when an image's channels lie "
        "beside each other.",
    ),
    Mistake(
        "no-autocast",
        "The network is not called within `torch.autocast(device.type, dtype=torch.bfloat16)`, so the GPU's "
        "matrix units for "
        "16 bits lie idle.",
    ),
    Mistake(
        "network-cast",
        "The parameters themselves were cast to 16 bits, where small steps are rounded away. Leave them in float32; "
        "autocast makes 16-bit copies for each call.",
    ),
    Mistake("compiled-ignored", "`compiled=True` makes no difference: pass the network through `torch.compile` then."),
)
