"""Every model of the course in NumPy, forward and backward, as the chapters derive them."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "activations": ["sigmoid"],
        "character_rnn": ["CharacterRNN", "initial_parameters"],
        "gradients": ["clip_by_global_norm", "global_norm", "numerical_gradient"],
        "gru": ["GRUGates", "gru_backward", "gru_forward", "gru_step"],
        "losses": ["softmax", "softmax_cross_entropy"],
        "lstm": ["LSTMGates", "lstm_backward", "lstm_forward", "lstm_step"],
        "optimizers": ["SGD", "Adam"],
        "recurrent": ["rnn_backward", "rnn_forward", "rnn_step"],
    },
)
