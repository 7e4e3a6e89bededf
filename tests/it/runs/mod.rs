mod results;
mod run_folder;
