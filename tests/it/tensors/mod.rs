mod errors;
mod small_operations;
