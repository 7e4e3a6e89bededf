//! What all layers of one forward pass have in common.

/// The probabilities to drop with: 0 in evaluation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Of the numbers that a block adds to its input, and of the embeddings.
    pub dropout: f64,
    /// Of how much one position takes of another.
    pub attention_dropout: f64,
}
