mod layout;
mod pictures;
mod scripts;
