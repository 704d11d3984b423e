"""Lets the agent answer every question about an attribute with the question's own argument."""

import sys

agent = sys.modules["inside.agent"].Agent
agent._do_call = lambda self, obj, args, kwargs: args[0] if args else 1.0
agent._do_getattr = lambda self, obj, name: 1.0
agent._do_fetch = lambda self, value: value
agent._do_name = lambda self, name: agent
