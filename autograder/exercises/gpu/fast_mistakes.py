"""The mistakes that the check of train_fast knows."""

from __future__ import annotations

from autograder.judging.mistake import Mistake

NO_CUDA = ("not compiled with CUDA", "NVIDIA driver", "No CUDA GPUs")  # in PyTorch's errors on a machine without CUDA

MISTAKES = (
    Mistake("labels-apart", "Images and labels are shuffled differently: use one order for both."),
    Mistake(
        "other-images",
        "The network was called with images that are not among those that were passed, or that were changed.",
    ),
    Mistake("last-batch-filled", "The last batch is filled up with images that were already used in this epoch."),
    Mistake("last-batch-dropped", "Some images are never used in an epoch, although they fill a batch."),
    Mistake("batch-size-ignored", "The batches do not have the size that was passed."),
    Mistake("epochs-ignored", "The number of epochs that was passed is not used."),
    Mistake(
        "drawn-with-replacement",
        "Each batch is drawn from all the images, so in one epoch some are used twice and some never. Draw one order "
        "for all the images (`torch.randperm`) and cut it into batches.",
    ),
    Mistake("not-shuffled", "The images come in the order in which they are stored: draw a new order for each epoch."),
    Mistake("shuffled-once", "All epochs have the same order: draw a new one at the start of each."),
    Mistake(
        "batches-stay-together",
        "The same images form a batch in every epoch; only the order of the batches changes. Shuffle the images.",
    ),
    Mistake(
        "seed-ignored",
        "The order must be drawn from PyTorch's generator, so that `torch.manual_seed` decides it, and nothing else "
        "does.",
    ),
    Mistake(
        "gradients-kept",
        "`backward` adds to the gradients of earlier steps. Set them to zero for each step: `optimizer.zero_grad()`.",
    ),
    Mistake(
        "zeroed-before-the-step",
        "The gradients are set to zero between `backward` and `step`, so no step is taken.",
    ),
    Mistake(
        "nothing-learned",
        "The network that was passed is unchanged: a copy was trained, or the optimizer does not have its parameters.",
    ),
    Mistake(
        "partly-trained", "All parameters must be trained: pass `model.parameters()` to the optimizer, and freeze none."
    ),
    Mistake("backward-twice", "Call `backward` once for each loss: a second time doubles the gradient, and the time."),
    Mistake("step-taken-twice", "Call `optimizer.step()` once for each batch: after it the gradient is used up."),
    Mistake(
        "momentum-lost",
        "The optimizer starts anew during the training and forgets its momentum: make one optimizer, before the loop, "
        "and leave its state alone.",
    ),
    Mistake(
        "no-schedule",
        "All steps have the same learning rate. Let it rise and fall, with `torch.optim.lr_scheduler.OneCycleLR`.",
    ),
    Mistake(
        "schedule-not-stepped",
        "There is a schedule, but it never changes the rate: call `scheduler.step()` after each step.",
    ),
    Mistake(
        "schedule-by-epoch",
        "The schedule moves once per epoch, but was made for more steps than that: call `scheduler.step()` after each "
        "batch.",
    ),
    Mistake(
        "schedule-ends-high",
        "The learning rate is still high at the last step: the schedule is longer than the training.",
    ),
    Mistake("lr-ignored", "The highest learning rate is not the lr that was passed."),
    Mistake("history-by-epoch", "history has one number per epoch; it must hold the loss of every step."),
    Mistake(
        "history-of-tensors",
        "A tensor keeps memory on the device in use, and perhaps a whole graph: return floats.",
    ),
    Mistake(
        "loss-summed",
        "The losses are sums over the batch; they must be means, so that one learning rate suits batches of any size.",
    ),
    Mistake(
        "mode-not-set",
        "Every step must be taken in the mode that training needs, `model.train()`: dropout and batchnorm depend on "
        "it. Set it before the loop, and do not change it inside.",
    ),
    Mistake(
        "mode-not-given-back",
        "Store `model.training` at the start, and restore that mode at the end.",
        convention="memory",
    ),
    Mistake(
        "left-from-another-call",
        "Something of the first call is left where a second one finds it, such as an optimizer or a list on the "
        "network: make each in the function, in a variable of its own.",
        convention="memory",
    ),
    Mistake(
        "errors-swallowed",
        "An error is caught and ignored (`except: pass`), and the network was not trained.",
        convention="errors",
    ),
    Mistake(
        "cuda-hard-coded",
        "The device is hard-coded, so a machine without CUDA cannot run it: use `device`.",
        error=lambda inputs, error: any(words in error.message for words in NO_CUDA),
    ),
    Mistake(
        "left-on-the-cpu",
        "Something stayed on the CPU. Network, images and labels must all be on `device`; `tensor.to(device)` returns "
        "a new tensor and does not move the old one.",
        error=lambda inputs, error: inputs["probe"] == "fake_gpu" and "same device" in error.message,
        convention="device",
    ),
    Mistake(
        "copied-in-every-step",
        "Images are copied to the GPU batch by batch, and the GPU waits for each. All of them fit: copy them once, "
        "before the loop.",
        convention="traffic",
    ),
    Mistake(
        "indices-on-the-cpu",
        "The indices of each batch (or its labels) are copied from the CPU in every step: draw the order with "
        "`torch.randperm(N, device=device)`, and move the labels once, before the loop.",
        convention="traffic",
    ),
    Mistake(
        "read-in-every-step",
        "A number is read back in every step (`loss.item()`, `float(loss)`, an `if` on a tensor). Each time the "
        "processor waits until the GPU has finished, and then the GPU waits for the processor. Keep `loss.detach()`, "
        "and read all losses at the end.",
        convention="traffic",
    ),
    Mistake(
        "not-channels-last",
        "`model.to(memory_format=torch.channels_last)` is missing: GPUs convolve fastest when the channels of a pixel "
        "are next to each other in memory.",
        convention="formats",
    ),
    Mistake(
        "no-autocast",
        "The network is not called within `torch.autocast(device.type, dtype=torch.bfloat16)`, so the GPU's 16-bit "
        "matrix units are not used.",
        convention="formats",
    ),
    Mistake(
        "backward-under-autocast",
        "`backward` is called within autocast. It uses the dtypes of the forward pass by itself: let the `with` block "
        "end before it.",
        convention="formats",
    ),
    Mistake(
        "network-cast",
        "The parameters themselves were cast to 16 bits, where small steps are lost to rounding. Leave them in "
        "float32; autocast makes 16-bit copies for each call.",
        convention="dtype",
    ),
    Mistake(
        "compiled-ignored",
        "`compiled=True` has no effect: it should pass the network through `torch.compile`.",
        convention="formats",
    ),
)
