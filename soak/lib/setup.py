"""What a run needs before it starts."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setup:
    """What scenarios are run with."""

    directory: Path      # of this run, removed at its end
    certificate: Path
    key: Path
    extension: Path      # the sluice.so to try
    short: bool          # a few seconds for each scenario

    @property
    def cores(self):
        """All that this process may use, as `taskset -c` takes them."""
        return ",".join(map(str, sorted(os.sched_getaffinity(0))))

    def fresh_directory(self, name):
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.directory))

    def of(self, full, short):
        """How much of something this run does."""
        return short if self.short else full
