mod command;
mod hub;
mod packages;
