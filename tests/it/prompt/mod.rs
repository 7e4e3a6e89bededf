mod bar;
mod commands;
mod console;
mod pause;
mod session;
mod values;
