"""What the test cells of the assignments call: checks whose failing messages name the likely fault."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "behaviour": ["check_batch_independent", "check_carries_state", "check_causal", "check_pure"],
        "boundary": ["beside"],
        "comparison": ["check_close", "check_equal", "check_results", "check_shapes"],
        "drawing": ["generator", "random_arrays"],
        "failure": ["CheckFailed"],
        "gradients": ["check_gradients"],
        "terms": ["isolate_terms"],
    },
)
