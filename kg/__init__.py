"""Knowledge graphs from annotated pathway figures, pathways and posts."""

__version__ = "0.1.0"
