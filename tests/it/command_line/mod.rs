mod bert_scripts;
mod cli;
mod examples;
mod libtorch_setup;
mod scripts;
