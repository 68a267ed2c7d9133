"""Written answers of the made-up class, for a person to mark: grade id → quality → text."""

GOOD, THIN, WRONG = "good", "thin", "wrong"

WORDS: dict[str, dict[str, str]] = {
    "answer_stretching": {
        GOOD: (
            "a. If the shuffle moves pixel d to place p(d), put row d of W1 into row p(d). x W1 is a sum over"
            " d, the order does not "
            "change a sum, so the scores are the same.\n\n"
            "b. It has a weight for each position but does not know which positions are neighbours. When each"
            " image has its own "
            "shuffle a position means nothing any more.\n\n"
            "c. Pixels next to each other belong together."
        ),
        THIN: "It gives the same result because the network just learns other weights. A better layer uses edges.",
        WRONG: "a. W1 stays as it is, because the network learned the digits and not the pixels.",
    },
    "answer_gradient": {
        GOOD: (
            "a. W1 x + b1 = -1, so ReLU gives 0. b2 gets 1, W2 gets 0 and the others 0 as well.\n\n"
            "b. They never change, the unit is dead.\n\n"
            "c. One that writes N into db. With ones the sum of dout is N, so nobody sees that dout is not used."
        ),
        THIN: "a. b2 = 1, the rest 0. b. Nothing happens. c. A function that forgets dout.",
        WRONG: "The upstream gradient is the same as the local gradient, so with ones everything is right.",
    },
    "answer_stacking": {
        GOOD: (
            "(1) 5 for both. (2) 25 C² + C against 18 C² + 2 C parameters; times H W without the biases for "
            "the multiply-adds. For "
            "C = 32: 25,632 against 18,496, and 20,070,400 against 14,450,688. (3) A ReLU. Without it the two"
            " are one 5×5 filter, "
            "so we would pay for two layers and get one."
        ),
        THIN: "Both see 5×5. Two small ones have fewer parameters. There must be an activation between them.",
        WRONG: "Two 3×3 filters see 6×6 pixels, because 3 + 3 = 6, and cost twice as much.",
    },
    "answer_cost": {
        GOOD: (
            "(1) 3072 · 10240 = 31,457,280 multiply-adds and 31,467,520 parameters. (2) Looking at 75 inputs "
            "and not at 3072 makes "
            "both 41 times smaller. Using the same filter at all 1024 places saves parameters only, it still "
            "has to be computed at "
            "each place. (3) Passport photographs: the eyes are always in the same place."
        ),
        THIN: "(1) About 31 million of each. (2) Weights are shared. (3) Tables.",
        WRONG: "A fully-connected layer has 3072 + 10240 parameters, so it is not much more than the convolution.",
    },
    "answer_backward_cost": {
        GOOD: (
            "(1) 768,000 for dw and 768,000 for dx, db has only additions. (2) Three times a forward pass. (3) 786,432 "
            "bytes, for dw. (4) dx of the first layer, since nobody learns from the gradient of the pixels."
        ),
        THIN: "dw and dx cost as much as forward. x has to be kept.",
    },
    "answer_weak_check": {
        GOOD: (
            "(1) A symmetric filter looks the same turned. (2) Without overlap there is nothing to add. (3) With one "
            "image the batch cannot be mixed up. (4) Ones hide a factor. (5) Square sizes hide a mix-up of H and W."
        ),
        THIN: "The test should use random numbers and more than one image.",
    },
    "answer_memory": {
        GOOD: (
            "(1) x 501,760 bytes, cols 12,544,000, 25 times as many: each pixel stands in K² columns. (2) About K²/S², "
            "at most 1 where K ≤ S. (3) One image at a time, or a loop over the kernel, which needs no columns."
        ),
        THIN: "The columns are 25 times larger than x. One can do one image after the other.",
    },
    "answer_adjoint": {
        GOOD: (
            "(1) How many windows hold each pixel: 4 6 6 4 / 6 9 9 6 / 6 9 9 6 / 4 6 6 4. (2) A pixel that was copied "
            "twice moves both copies, so the gradients add. (3) Divide by the counts."
        ),
        THIN: "It counts the windows. Gradients are added.",
    },
    "answer_invariance": {
        GOOD: (
            "(1) Half of the shifts by one stay inside a window and change nothing. (2) A shift by two moves it "
            "by one: equivariance. (3) Compare with how far apart maps of different digits are."
        ),
        THIN: "Pooling makes small shifts matter less, but not always.",
    },
    "answer_order": {
        GOOD: (
            "(1) ReLU never swaps the order of two numbers, so the largest stays the largest; pooling first is four "
            "times cheaper. (2) Not for the average: −3, 1, 1, 1. (3) The layers before pooling need dx."
        ),
        THIN: "For max it is the same, for average it is not.",
    },
    "answer_scale": {
        GOOD: (
            "(1) b is in the mean and goes away with it; db = 0. (2) k cancels between y and σ; the gradient shrinks "
            "by k. (3) So a large learning rate only makes w longer."
        ),
        THIN: "The bias is useless because the mean is subtracted.",
    },
    "answer_modes": {
        GOOD: (
            "(1) It is tested in training mode, with the statistics of the test batch. (2) The running values have not "
            "arrived after so few steps. (3) Normalize with batch statistics only in training."
        ),
        THIN: "Somebody forgot to switch to test mode.",
    },
    "answer_eval": {
        GOOD: (
            "(1) The batch's own statistics are used; of a single image bn2 has 196 values, its own places. (2) The "
            "running statistics move, so test data get into the model. (3) no_grad leaves model.training as it is."
        ),
        THIN: "Batchnorm needs a large batch.",
    },
    "answer_graph": {
        GOOD: (
            "(1) The graph grows with each batch. (2) 12.5 MB and 0.5 MB: memory for time. (3) backward adds, which is "
            "useful to make one step of several small batches."
        ),
        THIN: "It needs more memory.",
    },
    "answer_volume": {
        GOOD: (
            "(1) 784, 15,680, 3,920, 9,800, 2,450: not preserved. (2) 0.625 = 2.5 / 4; 80 filters would do. (3) "
            "1,960,500 parameters in the first linear layer, and the point is to say what, not where."
        ),
        THIN: "It gets smaller, so it is not preserved.",
    },
    "answer_honest": {
        GOOD: (
            "(1) The test images chose the learning rate, so the number is too high: use a validation set. (2) About "
            "0.7 %, so no. (3) Weights and order; not which images were there."
        ),
        THIN: "He should not look at the test images.",
    },
    "answer_roofline": {
        GOOD: (
            "(1) Operations over bytes, against what the card can do. (2) Small batches wait for memory and for "
            "Python, large ones compute. (3) A graph saves the launches, half precision saves bytes."
        ),
        THIN: "Small batches are slow because of the memory.",
    },
    "answer_timing": {
        GOOD: (
            "Calls only queue the work, so without synchronising the clock stops while the GPU still computes. The "
            "first calls compile and warm up; the median leaves out what disturbed single runs."
        ),
        THIN: "One has to synchronise before stopping the clock.",
    },
    "task_report": {
        GOOD: (
            "**The design.** A stem of 16 filters, two residual blocks of 32 and 56 with stride 2, the maximum over "
            "all places, one linear layer: 61,578 parameters, 5,184,368 multiply-adds. The second block has seven of "
            "ten parameters, the first one half of the multiply-adds.\n\n"
            "**Why.** A digit may lie anywhere, so nothing is flattened. Stride comes early, because 28×28 places "
            "cost most. The shortcut keeps the gradient.\n\n"
            "**Evidence.** Three seeds each: with flattening in place of the maximum 96.1 to 97.0 %, without shortcuts "
            "97.7 to 98.7 %, as it is 98.2 to 99.0 %.\n\n"
            "**Honesty.** Chosen by 200 training digits that I kept apart. The last two ranges overlap. A third block "
            "did not help."
        ),
        THIN: "I tried depthwise convolutions because they are cheap. It got more than 97 %, so it is a good design.",
    },
}
