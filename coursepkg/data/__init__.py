"""Sequences before the model: vocabularies, encodings, windows, batches, baselines, measures, data sets.

Everything here knows NumPy alone. A loader imports the package that bundles its data when it is called.
"""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "vocabulary": ["Vocabulary"],
        "encoding": ["from_one_hot", "one_hot"],
        "masks": ["lengths_from_mask", "mask_from_lengths"],
        "windowing": ["split_windows", "time_split", "windows"],
        "batching": ["bucket_batches", "padding_share"],
        "ngrams": ["NGramModel"],
        "markov": ["MarkovChain"],
        "measures": [
            "bits_per_character",
            "cross_entropy",
            "mean_absolute_error",
            "mean_absolute_scaled_error",
            "perplexity",
            "root_mean_squared_error",
        ],
        "baselines": ["LinearAutoregression", "drift", "persistence", "seasonal_naive"],
        "registry": ["entry", "list_datasets", "load"],
        "download": ["DownloadError", "cache_folder"],
        "tasks": [
            "CharacterTask",
            "ForecastingTask",
            "character_bars",
            "character_task",
            "co2_task",
            "forecasting_bars",
            "shorten_runs",
            "sunspot_task",
            "unique_paragraphs",
        ],
    },
)
