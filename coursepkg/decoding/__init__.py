"""From a model that scores the next symbol to a text: greedy, sampled, or by beam search."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "beams": ["beam_search", "length_normalisation"],
        "samplers": ["Temperature", "TopK", "TopP"],
        "stepwise": ["Decoded", "greedy_search", "sample"],
    },
)
