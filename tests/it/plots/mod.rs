mod golden;
mod layout;
mod pictures;
mod scripts;
