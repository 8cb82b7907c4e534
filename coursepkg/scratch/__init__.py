"""Every model of the course in NumPy, forward and backward, as the chapters derive them."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "character_rnn": ["CharacterRNN", "initial_parameters"],
        "gradients": ["clip_by_global_norm", "global_norm", "numerical_gradient"],
        "losses": ["softmax", "softmax_cross_entropy"],
        "optimizers": ["SGD", "Adam"],
        "recurrent": ["rnn_backward", "rnn_forward", "rnn_step"],
    },
)
