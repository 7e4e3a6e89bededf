mod bert_bad_input;
mod containers;
mod kernel;
mod layers;
mod lstm;
mod memory;
mod weights;
