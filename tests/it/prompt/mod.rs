mod console;
mod pause;
mod session;
