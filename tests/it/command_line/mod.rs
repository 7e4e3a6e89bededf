mod bert_scripts;
mod cli;
mod examples;
mod golden;
mod libtorch_setup;
mod limits_of_the_system;
mod pretrain_scripts;
mod scripts;
