//! Text: cleaning, splitting, counting, indexing.

mod args;
mod cleaning;
mod encoded;
mod lengths;
mod texts;
mod tokenizer;
mod tokens;
mod vocabulary;

pub(crate) use lengths::account_map;

use crate::ml::data::cleaning::TABLE;
use crate::script::api::handles::{EncodedHandle, TextsHandle, TokenizerHandle, TokensHandle, VocabularyHandle};
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<TextsHandle>("Texts");
    engine.register_type_with_name::<TokensHandle>("Tokens");
    engine.register_type_with_name::<VocabularyHandle>("Vocabulary");
    engine.register_type_with_name::<EncodedHandle>("Encoded");
    engine.register_type_with_name::<TokenizerHandle>("Tokenizer");
    engine.register_global_module(exported_module!(texts::api).into());
    engine.register_global_module(cleaning::steps(&TABLE).into());
    engine.register_global_module(exported_module!(tokens::api).into());
    engine.register_global_module(exported_module!(vocabulary::api).into());
    engine.register_global_module(exported_module!(encoded::api).into());
    engine.register_global_module(exported_module!(tokenizer::api).into());
}
