//! The constructors of encoders and of what stands on them.

use crate::error::Result;
use crate::fetch::find_model;
use crate::ml::models::Readout;
use crate::ml::models::encoder::{self, Classifier, Encoder, Options as How, Precision};
use crate::output::complain;
use crate::places::Places;
use crate::script::api::handles::{Network, TensorHandle};
use crate::script::base::{ScriptResult, options::Options, part};
use rhai::{Dynamic, Map, NativeCallContext, plugin::*};
use std::path::PathBuf;

fn how(function: &'static str, options: Map) -> Result<How> {
    let mut o = Options::new(function, options);
    let readout = match function {
        // The configuration says what a classifier reads out.
        CLASSIFIER => Readout::default(),
        _ => Readout::parse(&o.string("readout", "last")?, &Encoder::READOUTS)?,
    };
    let how = How {
        readout,
        dropout: o.optional_number("dropout")?,
        attention_dropout: o.optional_number("attention_dropout")?,
        precision: Precision::parse(&o.string("precision", "float32")?)?,
        without_pooler: function != CLASSIFIER && !o.boolean("add_pooling_layer", true)?,
    };
    o.done()?;
    Ok(how)
}

const CLASSIFIER: &str = "classifier";

/// The folder of a model, whose configuration is one that is read.
fn find(context: &NativeCallContext, name: &str) -> ScriptResult<PathBuf> {
    Ok(find_model(&*part::<Places>(context)?, name, &encoder::check)?)
}

fn load(context: &NativeCallContext, folder: &str, how: How) -> ScriptResult<Network> {
    let (encoder, notes) = Encoder::load(&find(context, folder)?, how)?;
    notes.iter().for_each(|note| complain(note));
    Ok(encoder.into())
}

/// With weights that are drawn by the seed.
fn drawn(config: &Map, how: How) -> ScriptResult<Network> {
    let items = config.iter().map(|(name, value)| {
        let value = rhai::serde::from_dynamic(value).unwrap_or_else(|_| value.to_string().into());
        (name.to_string(), value)
    });
    Ok(Encoder::new(encoder::plan(items.collect())?, how)?.into())
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// An encoder from a Hugging Face folder with `config.json` and `model.safetensors`, or `pytorch_model.bin`,
    /// `.params` or `.pt` that `torch.save` made of a state dict (no code in it is run): BERT, RoBERTa, XLM-RoBERTa, CamemBERT, DistilBERT, ELECTRA,
    /// MPNet, ALBERT or ModernBERT, as its `model_type` says. The folder is found as it stands, beside
    /// the script, or below `--data`, `IMDBSH_DATA` or the cache; that of a run, in which an encoder was fine-tuned, will do as well.
    /// A name that is none of these, such as `roberta-base`, is a model of the Hugging Face hub: it is taken from its cache,
    /// or downloaded into it, as `HF_HOME`, `HF_HUB_CACHE`, `HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE` say.
    /// Token ids, as `tokenizer(…).encode` gives them, become `[batch, hidden]`. Parameters have transformers' names. Options:
    /// - `readout`: `"last"` the last position of the padded row (the lab's: a `[PAD]` where the row is shorter than the data
    ///   set's `max_len`), `"cls"` the first, `"pooler"` the first through the pre-trained pooler (DistilBERT, ELECTRA and ModernBERT have none),
    ///   `"mean"` or `"max"` over the real positions, or `"all"`, a sequence `[batch, longest, hidden]`
    /// - `dropout`, `attention_dropout` in place of the configuration's
    /// - `precision`: `"float32"`, or `"bf16"`: linear layers multiply in bfloat16, which processors with AVX-512 BF16 or AMX do
    ///   several times as fast, or `"auto"`: bf16 on such a processor; weights, gradients and optimizer's state stay float32
    /// - `add_pooling_layer` true; false leaves the pooler out, which only the readout `"pooler"` reads
    ///
    /// With a map of a configuration's items instead of a folder, weights are drawn by the seed.
    ///
    /// Errors: a folder without configuration, weights; a damaged file; tensors that are missing or misshapen (all are named);
    /// a configuration that asks for what is not supported, before its weights are downloaded; a pickle that wants to import anything but tensors.
    ///
    /// See also `classifier`; `bert::load`, which makes data sets for it; and `scripts/bert.rhai`.
    ///
    /// ```rhai
    /// let net = encoder("tests/data/tiny_encoders/roberta", #{ readout: "mean" });
    /// assert_eq(net.forward(tensor([[0, 5, 6, 2]])).shape, [1, 32]);
    /// let small = encoder(#{ model_type: "distilbert", vocab_size: 50, dim: 8, n_layers: 2, n_heads: 2, hidden_dim: 16 });
    /// assert_eq(small.transformer.layer[0].parameters().len(), 16);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn encoder(context: NativeCallContext, folder: &str) -> ScriptResult<Network> {
        encoder_with(context, folder, Map::new())
    }

    #[rhai_fn(name = "encoder", return_raw)]
    pub fn encoder_with(context: NativeCallContext, folder: &str, options: Map) -> ScriptResult<Network> {
        load(&context, folder, how("encoder", options)?)
    }

    #[rhai_fn(name = "encoder", return_raw)]
    pub fn encoder_of(config: Map) -> ScriptResult<Network> {
        encoder_of_with(config, Map::new())
    }

    #[rhai_fn(name = "encoder", return_raw)]
    pub fn encoder_of_with(config: Map, options: Map) -> ScriptResult<Network> {
        drawn(&config, how("encoder", options)?)
    }

    /// An encoder from a folder, and what else stands in its file: `#{ encoder, rest }`. `rest` are the tensors that are not the encoder's, such as those of a head that was
    /// trained with it, under their names in the file. Takes what `encoder` takes.
    ///
    /// Errors: as `encoder`.
    ///
    /// ```rhai
    /// let read = encoder_and_rest("tests/data/tiny_encoders/bert", #{ readout: "all", add_pooling_layer: false });
    /// assert_eq(read.rest["classifier.weight"].shape, [3, 32]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn encoder_and_rest(context: NativeCallContext, folder: &str, options: Map) -> ScriptResult<Map> {
        let how = how("encoder_and_rest", options)?;
        let (encoder, rest, notes) = Encoder::load_with_rest(&find(&context, folder)?, how)?;
        notes.iter().for_each(|note| complain(note));
        let rest = rest.into_iter().map(|(name, t)| (name.into(), Dynamic::from(TensorHandle::from(t))));
        let rest = Dynamic::from_map(rest.collect());
        Ok(Map::from([("encoder".into(), Dynamic::from(Network::from(encoder))), ("rest".into(), rest)]))
    }

    /// As `encoder`, under the name of the first of them: BERT (Devlin et al. 2019).
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
        load(&context, folder, how("bert", options)?)
    }

    #[rhai_fn(name = "bert", return_raw)]
    pub fn bert_of(config: Map) -> ScriptResult<Network> {
        bert_of_with(config, Map::new())
    }

    #[rhai_fn(name = "bert", return_raw)]
    pub fn bert_of_with(config: Map, options: Map) -> ScriptResult<Network> {
        drawn(&config, how("bert", options)?)
    }

    /// A checkpoint for sequence classification, whole: one of the encoders that `encoder` reads, found as by `encoder`, and the head that was
    /// trained with it (transformers' `…ForSequenceClassification`). Token ids become scores `[batch, classes]`, of which a softmax makes
    /// probabilities; `class_names` are the configuration's `id2label`. It predicts at once, and can be trained on. Options: `dropout`, which
    /// is the head's as well, `attention_dropout` and `precision`, as `encoder`'s.
    ///
    /// Errors: as `encoder`; a checkpoint without a head, or whose head gives other classes than the configuration names.
    ///
    /// ```rhai
    /// let net = classifier("tests/data/tiny_encoders/distilbert");
    /// let t = tokenizer("tests/data/tiny_encoders/distilbert");
    /// net.eval();
    /// let scores = net.forward(tensor([t.encode(texts(["A great film!"]), 40)[0]]));
    /// assert_eq(scores.shape, [1, 3]);
    /// assert(net.class_names[scores.argmax(1)[0].item()] in ["bad", "fair", "good"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn classifier(context: NativeCallContext, folder: &str) -> ScriptResult<Network> {
        classifier_with(context, folder, Map::new())
    }

    #[rhai_fn(name = "classifier", return_raw)]
    pub fn classifier_with(context: NativeCallContext, folder: &str, options: Map) -> ScriptResult<Network> {
        let how = how(CLASSIFIER, options)?;
        let (classifier, notes) = Classifier::load(&find(&context, folder)?, how)?;
        notes.iter().for_each(|note| complain(note));
        Ok(classifier.into())
    }

    /// The items of the `config.json` of a model that `encoder(folder)` would read.
    ///
    /// Errors: a folder without one, or of a model that is not supported.
    ///
    /// ```rhai
    /// assert_eq(bert_config("tests/data/tiny_bert").hidden_size, 16);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bert_config(context: NativeCallContext, folder: &str) -> ScriptResult<Map> {
        let items = encoder::items(&encoder::config_file(&find(&context, folder)?)?)?;
        let items = rhai::serde::to_dynamic(serde_json::Value::Object(items))?;
        Ok(items.cast::<Map>())
    }
}
