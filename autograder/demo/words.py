"""Written answers of the made-up class, for a person to mark: by grade id, a good, a thin and a wrong one."""

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
}
