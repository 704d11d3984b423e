"""The application around the kernel, ipykernel's own, with all its settings given; it isolates nothing."""

from __future__ import annotations

from typing import Any

from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config


class Application(IPKernelApp):
    """ipykernel's, but it looks nowhere for settings, which takes a third of its start: there are none to be found."""

    def __init__(self, **settings: Any):
        super().__init__(
            ignore_cwd=True,
            log_level="CRITICAL",  # at its usual level the kernel prints how to connect to it
            config=Config(HistoryManager={"enabled": False}),
            **settings,
        )

    def parse_command_line(self, argv: Any = None) -> None:
        """There is no command line."""

    def load_config_file(self, *args: Any, **kwargs: Any) -> None:
        """There are no files: the home is empty."""
