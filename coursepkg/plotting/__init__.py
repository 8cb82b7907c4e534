"""Figures that the chapters share: one style, one colour for each model family, a few helpers."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "diagrams": ["arrow", "box", "unrolled_network"],
        "lines": ["label_lines", "learning_curves", "line_with_band", "reference_line"],
        "panels": ["bars", "heatmap", "sequence_strip"],
        "style": ["COLOURS", "contrast_ratio", "figure", "use_style"],
    },
)
