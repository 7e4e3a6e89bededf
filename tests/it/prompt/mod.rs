mod bar;
mod breakpoints;
mod commands;
mod console;
mod pause;
mod session;
mod values;
