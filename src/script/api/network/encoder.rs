//! The encoders' constructor.

use crate::error::Result;
use crate::fetch::find_model;
use crate::ml::models::Readout;
use crate::ml::models::encoder::{self, Encoder, Options as How, Precision};
use crate::output::complain;
use crate::places::Places;
use crate::script::api::handles::Network;
use crate::script::base::{ScriptResult, options::Options, part};
use rhai::{Map, NativeCallContext, plugin::*};

fn how(options: Map) -> Result<How> {
    let mut o = Options::new("bert", options);
    let how = How {
        readout: Readout::parse(&o.string("readout", "last")?, &Encoder::READOUTS)?,
        dropout: o.optional_number("dropout")?,
        attention_dropout: o.optional_number("attention_dropout")?,
        precision: Precision::parse(&o.string("precision", "float32")?)?,
    };
    o.done()?;
    Ok(how)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// BERT (Devlin et al. 2019) from a Hugging Face folder with `config.json` and `model.safetensors`, or `pytorch_model.bin`,
    /// `.params` or `.pt` that `torch.save` made of a state dict (no code in it is run). The folder is found as it stands, beside
    /// the script, or below `--data`, `IMDBSH_DATA` or the cache; that of a run, in which a BERT was fine-tuned, will do as well.
    /// A name that is none of these, such as `bert-base-uncased`, is a model of the Hugging Face hub: it is taken from its cache,
    /// or downloaded into it, as `HF_HOME`, `HF_HUB_CACHE`, `HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE` say.
    /// Token ids, as `tokenizer(…).encode` gives them, become `[batch, hidden]`. Parameters have transformers' names. Options:
    /// - `readout`: `"last"` the last position of the padded row (the lab's: a `[PAD]` where the row is shorter than the data
    ///   set's `max_len`), `"cls"` the first, `"pooler"` the first through the pre-trained pooler, `"mean"` or `"max"` over the
    ///   real positions, or `"all"`, a sequence `[batch, longest, hidden]`
    /// - `dropout`, `attention_dropout` in place of the configuration's
    /// - `precision`: `"float32"`, or `"bf16"`: linear layers multiply in bfloat16, which processors with AVX-512 BF16 or AMX do
    ///   several times as fast, or `"auto"`: bf16 on such a processor; weights, gradients and optimizer's state stay float32
    ///
    /// With a map of a configuration's items instead of a folder, weights are drawn by the seed.
    ///
    /// Errors: a folder without configuration, weights; a damaged file; tensors that are missing or misshapen (all are named);
    /// a configuration that asks for what is not supported; a pickle that wants to import anything but tensors.
    ///
    /// See also `bert::load`, which makes data sets for it, and `scripts/bert.rhai`.
    ///
    /// ```rhai
    /// let net = bert("tests/data/tiny_bert", #{ readout: "mean" });
    /// assert_eq(net.forward(tensor([[2, 5, 6, 3]])).shape, [1, 16]);
    /// let small = bert(#{ vocab_size: 50, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 16 });
    /// assert_eq(small.encoder.layer[0].parameters().len(), 16);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bert(context: NativeCallContext, folder: &str) -> ScriptResult<Network> {
        bert_with(context, folder, Map::new())
    }

    #[rhai_fn(name = "bert", return_raw)]
    pub fn bert_with(context: NativeCallContext, folder: &str, options: Map) -> ScriptResult<Network> {
        let how = how(options)?;
        let (bert, notes) = Encoder::load(&find_model(&*part::<Places>(&context)?, folder)?, how)?;
        notes.iter().for_each(|note| complain(note));
        Ok(bert.into())
    }

    #[rhai_fn(name = "bert", return_raw)]
    pub fn bert_of(config: Map) -> ScriptResult<Network> {
        bert_of_with(config, Map::new())
    }

    #[rhai_fn(name = "bert", return_raw)]
    pub fn bert_of_with(config: Map, options: Map) -> ScriptResult<Network> {
        let how = how(options)?;
        let items = config.iter().map(|(name, value)| {
            let value = rhai::serde::from_dynamic(value).unwrap_or_else(|_| value.to_string().into());
            (name.to_string(), value)
        });
        Ok(Encoder::new(encoder::plan(items.collect())?, how)?.into())
    }

    /// The items of the `config.json` of a BERT that `bert(folder)` would read.
    ///
    /// Errors: a folder without one, or of a BERT that is not supported.
    ///
    /// ```rhai
    /// assert_eq(bert_config("tests/data/tiny_bert").hidden_size, 16);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bert_config(context: NativeCallContext, folder: &str) -> ScriptResult<Map> {
        let items = encoder::items(&encoder::config_file(&find_model(&*part::<Places>(&context)?, folder)?)?)?;
        let items = rhai::serde::to_dynamic(serde_json::Value::Object(items))?;
        Ok(items.cast::<Map>())
    }
}
