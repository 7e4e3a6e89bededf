mod errors;
mod small_operations;
mod waiting;
