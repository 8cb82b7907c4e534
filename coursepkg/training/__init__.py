"""What a training run needs beside `fit`: seeds, schedules, gradient norms, gates, learning curves."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "clipping": ["clip_by_global_norm", "global_norm"],
        "curves": ["LearningCurve", "learning_curve"],
        "differentiation": ["value_and_gradients"],
        "gate_statistics": [
            "GateStatistics",
            "GateSummary",
            "gate_activations",
            "gate_names",
            "summarize_gates",
        ],
        "gradient_norms": ["GradientNorms", "gradient_norms_by_step"],
        "schedules": ["warmup_cosine"],
        "seeding": ["set_seed"],
    },
)
