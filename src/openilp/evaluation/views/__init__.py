"""Pages of evaluation: the inbox, the reader, second looks."""

from openilp.evaluation.views import inbox, looks, necessity, reader

__all__ = ["inbox", "looks", "necessity", "reader"]
