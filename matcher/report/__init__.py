"""The report on a pair: what to say as plain data, its figures as coordinates, and one self-contained page.

::

    structure, standing, figures   an Explanation (and rankings) -> Report, plain data for any form
    shapes, charts                 outlines, map, diagrams -> coordinates and path data
    html                           Report -> one page
"""

from matcher.report.html import render, write_report
from matcher.report.structure import Report, build_report

__all__ = ["Report", "build_report", "render", "write_report"]
