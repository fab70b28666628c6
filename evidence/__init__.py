"""A process-tracing evidence manager: source, quote, observation, test, decision, narrative."""

__version__ = "0.1.0"
