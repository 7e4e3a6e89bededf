mod frozen;
mod listed;
mod replayed;
mod reported;
mod results;
mod run_folder;
mod standing;
mod sweep;
