mod bert_bad_input;
mod layers;
mod lstm;
mod memory;
mod weights;
