mod batches;
mod corpus;
mod damaged_files;
mod pipeline;
mod reviews;
mod sample;
mod vectors;
mod vocabulary;
