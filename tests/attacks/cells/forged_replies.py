"""Replaces the agent's answers by frames of its own: values that say all is well, garbage, wrong lengths."""

import itertools
import sys

agent = sys.modules["inside.agent"]
frames = itertools.cycle(
    [b"", b"garbage", b"\xff\xff\xff\xff", b'\x10\x00\x00\x00{"value":{"a":1}}', b"\x04\x00\x00\x00true"]
)
agent.Agent.answer = lambda self, frame: next(frames)
