mod bert_bad_input;
mod classifier_bad_input;
mod containers;
mod kernel;
mod layers;
mod memory;
mod recurrent;
mod weights;
