mod bar;
mod console;
mod pause;
mod session;
