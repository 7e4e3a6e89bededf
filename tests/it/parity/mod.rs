mod bench;
mod bert;
mod bert_tokens;
mod loss;
mod minilm;
mod models;
mod optim;
