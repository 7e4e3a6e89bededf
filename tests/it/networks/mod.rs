mod bert_bad_input;
mod classifier_bad_input;
mod containers;
mod kernel;
mod layers;
mod lstm;
mod memory;
mod weights;
