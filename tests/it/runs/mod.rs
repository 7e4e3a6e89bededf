mod frozen;
mod listed;
mod replayed;
mod results;
mod run_folder;
mod standing;
mod sweep;
