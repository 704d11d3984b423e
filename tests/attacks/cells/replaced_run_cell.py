"""Replaces the method of IPython that runs a cell by one that always succeeds."""

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell


async def run_cell_async(self, raw_cell, *args, **kwargs):
    return ExecutionResult(None)


InteractiveShell.run_cell_async = run_cell_async
InteractiveShell.run_cell = lambda self, *args, **kwargs: ExecutionResult(None)
