mod frozen;
mod results;
mod run_folder;
