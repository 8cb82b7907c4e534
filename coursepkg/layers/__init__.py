"""Keras layers of the course. They run on every Keras backend and trade weights with the Keras built-ins."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "bidirectional": ["Bidirectional"],
        "gated": ["GatedCell"],
        "gru": ["GRUCell"],
        "lstm": ["CoupledLSTMCell", "LSTMCell", "PeepholeLSTMCell"],
        "recurrent": ["RecurrentCell", "SimpleRNNCell"],
    },
)
