"""Models of the course, each a `keras.Model` around recurrent layers."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "classifier": ["SequenceClassifier"],
        "encoder_decoder": ["EncoderDecoder", "shift_right"],
        "forecaster": ["Forecaster"],
        "language_model": ["LanguageModel"],
        "stack": ["RecurrentStack"],
    },
)
