mod command;
mod data_sets;
mod hub;
mod packages;
