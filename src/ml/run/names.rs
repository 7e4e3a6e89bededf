//! The files of a run folder. Old folders are read, and other programs read them: a name stays.

/// What was asked, and the circumstances.
pub const CONFIG: &str = "config.json";
/// In `config.json` and checkpoints: the name of the run, made when it begins.
pub const ID: &str = "id";
/// The script as it was when the run began.
pub const SCRIPT: &str = "script.rhai";
/// What was read, in figures.
pub const DATA: &str = "data.json";
pub const VOCABULARY: &str = "vocabulary.json";
pub const TOKENIZER: &str = "tokenizer.json";
/// The rows of a run.
pub const METRICS: &str = "metrics.jsonl";
/// What single steps came to.
pub const STEPS: &str = "steps.jsonl";
/// A folder: what TensorBoard reads of a run.
pub const TENSORBOARD: &str = "tensorboard";
/// The curves of a run.
pub const PLOT: &str = "loss.png";
/// What was changed in the course of a run.
pub const CHANGES: &str = "changes.jsonl";
/// The network at the end.
pub const WEIGHTS: &str = "model.safetensors";
/// The network after its best epoch.
pub const BEST: &str = "best.safetensors";
/// What a run that is over has come to.
pub const RESULT: &str = "result.json";
/// What the network said of each test row.
pub const PREDICTIONS: &str = "predictions.csv";
/// How the run stands: running, paused, finished, failed.
pub const STATUS: &str = "status.json";
/// Words that its user has put to a run, in place of those that it began with.
pub const TAGS: &str = "tags.json";
/// Whoever writes into the folder holds the lock of this file.
pub const LOCK: &str = ".lock";
