"""Drawings on paper: the SVG of a chart as PNG and as PDF, in fonts that come with the site."""
