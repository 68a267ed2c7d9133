"""Paths inside the sandbox that host and guest agree on."""

COURSE = "/course"  # the part of the course that a kernel may import
KERNELS = "/run/kernels"  # the warm process sees a folder for each kernel here
KERNEL = "/run/kernel"  # a kernel sees its own folder here, and no other
SCRATCH = "/scratch"  # where a submission may write
FILES = "files"  # the folder in it with the files that were handed in beside the notebook
