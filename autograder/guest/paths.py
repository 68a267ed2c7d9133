"""Where things are behind the walls, as both sides of them know it. Runs inside the sandbox too."""

COURSE = "/course"  # what a kernel sees of the course
KERNELS, KERNEL = "/run/kernels", "/run/kernel"  # the folders of all kernels, before the walls; its own, behind them
SCRATCH = "/scratch"  # where a submission may write
