"""The host's side of the sandbox: warm processes under bubblewrap fork an isolated kernel for each submission."""
