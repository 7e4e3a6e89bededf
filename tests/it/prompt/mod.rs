mod bar;
mod breakpoints;
mod commands;
mod console;
mod pause;
mod pictures;
mod session;
mod values;
