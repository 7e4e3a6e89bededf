//! What a script can do with a run folder.

use super::config::described;
use super::create::create;
use super::predicted::predictions;
use super::rows::{record, records, to_json};
use super::runs::Runs;
use crate::error::{Error, ErrorKind};
use crate::ml::run::Predictions;
use crate::output::complain;
use crate::script::api::handles::{History, Network, RunHandle};
use crate::script::base::{ScriptResult, part};
use crate::script::language::sources::Sources;
use rhai::{Array, Dynamic, Map, NativeCallContext, plugin::*};

/// Stop, and go on.
const ON_DISK_ERROR: [&str; 2] = ["stop", "continue"];

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A new run folder, `runs/NAME-DATE-TIME` or what `--run-dir` says, with `config.json` (the script's options, these
    /// `options` of the training, functions as they stand in their source, seed, versions, device, threads, machine, the commit of the git repository
    /// around the script, the data's fingerprints, and what else of numbers and texts stands in `data`), `status.json` (running, paused,
    /// finished, or failed with its error) and `script.rhai`; `vocabulary.json`, the words in the order of their
    /// indices, where `data` has a vocabulary, or `encoder/`, a BERT's configuration and tokenizer, where it has an `encoder`
    /// and a `tokenizer`. What `scripts/test.rhai` needs to score it again.
    ///
    /// Options `name` (of the folder, too), `tags` and `notes` are what the run is called and found by.
    ///
    /// Errors: a folder that cannot be made, or that holds a run already.
    ///
    /// ```rhai
    /// let run = run_folder(#{ epochs: 1 }, #{ train: dataset(zeros([4, 2]), zeros([4])) });
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// run.save_epoch(h[-1], h, linear(2, 1));
    /// run.finish(h);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn run_folder(context: NativeCallContext, options: Map, data: Map) -> ScriptResult<RunHandle> {
        create(&context, options, &data, &Map::new())
    }

    /// The same for a training whose network and optimizer are `parts.net` and `parts.optimizer`: `config.json` tells of them, too.
    #[rhai_fn(name = "run_folder", return_raw)]
    pub fn run_folder_of(context: NativeCallContext, options: Map, data: Map, parts: Map) -> ScriptResult<RunHandle> {
        create(&context, options, &data, &parts)
    }

    /// The folder's path.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// assert(run.path.len() > 0);
    /// ```
    #[rhai_fn(get = "path", pure)]
    pub fn path(run: &mut RunHandle) -> String {
        run.path().display().to_string()
    }

    /// Keeps an epoch: its row in `metrics.jsonl`, the network in `model.safetensors`, and now and then the curves in
    /// `loss.png`.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// run.save_epoch(h[-1], h, linear(2, 1));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save_epoch(run: &mut RunHandle, row: Map, history: History, network: Network) -> ScriptResult<()> {
        Ok(run.save_epoch(&record(&row), &records(history), network.0.as_ref())?)
    }

    /// Draws the curves of the whole history into `loss.png`, and says what could not be written in the course of the run; a
    /// program that ends with such a run has the exit code 1.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// run.finish(h);
    /// ```
    #[rhai_fn(name = "finish", return_raw, pure)]
    pub fn finish_run(context: NativeCallContext, run: &mut RunHandle, history: History) -> ScriptResult<()> {
        run.finish(&records(history))?;
        let (path, missing) = (run.path(), run.missing());
        if !missing.is_empty() {
            complain(&format!("not all of {} could be written:\n  {}", path.display(), missing.join("\n  ")));
            part::<Runs>(&context)?.add_incomplete(path);
        }
        Ok(())
    }

    /// Keeps how the network is made now, as `config.json` has it in `network.built`: what forward functions of the script have captured, and plain members that they have changed, are
    /// then those of the end of the training.
    ///
    /// ```rhai
    /// let net = sequential([lambda(|x| x * 2.0)]);
    /// let run = run_folder(#{}, #{});
    /// run.save_network(net);
    /// assert_eq(runs::config(run.path).network.built, "sequential([lambda(|x| x * 2.0)])");
    /// ```
    #[rhai_fn(name = "save_network", return_raw, pure)]
    pub fn save_network(context: NativeCallContext, run: &mut RunHandle, network: Network) -> ScriptResult<()> {
        let sources = part::<Sources>(&context)?;
        Ok(run.keep_network(described(&sources, &network))?)
    }

    /// What happens when something cannot be written, on a full disk or in a folder that vanishes: `"stop"`, an error; or
    /// `"continue"`: it is said once for each file, `finish` says what is missing in the end, and each is tried again when it
    /// is due the next time.
    ///
    /// Errors: another word.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// assert_eq(run.on_disk_error, "stop");
    /// run.on_disk_error = "continue";
    /// ```
    #[rhai_fn(get = "on_disk_error", pure)]
    pub fn on_disk_error(run: &mut RunHandle) -> String {
        ON_DISK_ERROR[usize::from(run.goes_on())].to_string()
    }

    #[rhai_fn(set = "on_disk_error", return_raw, pure)]
    pub fn set_on_disk_error(run: &mut RunHandle, word: &str) -> ScriptResult<()> {
        if !ON_DISK_ERROR.contains(&word) {
            return Err(Error::unknown(ErrorKind::Option, "on_disk_error", word, &ON_DISK_ERROR).into());
        }
        run.set_goes_on(word == ON_DISK_ERROR[1]);
        Ok(())
    }

    /// What could not be written so far, a line each: `model.safetensors: cannot write …: No space left on device`.
    ///
    /// ```rhai
    /// assert_eq(run_folder(#{}, #{}).missing, []);
    /// ```
    #[rhai_fn(get = "missing", pure)]
    pub fn missing(run: &mut RunHandle) -> Array {
        run.missing().into_iter().map(Dynamic::from).collect()
    }

    /// The file of the best epoch's weights, `best.safetensors`, for `net.load`; `()` where there is none.
    ///
    /// ```rhai
    /// assert_eq(run_folder(#{}, #{}).best_weights, ());
    /// ```
    #[rhai_fn(get = "best_weights", pure)]
    pub fn best_weights(run: &mut RunHandle) -> Dynamic {
        run.best_weights().map_or(Dynamic::UNIT, |path| path.display().to_string().into())
    }

    /// Keeps the network as it is now, as `model.safetensors`.
    ///
    /// ```rhai
    /// run_folder(#{}, #{}).save_weights(linear(2, 1));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save_weights(run: &mut RunHandle, network: Network) -> ScriptResult<()> {
        Ok(run.save_weights(network.0.as_ref())?)
    }

    /// Keeps what a training has come to, as `result.json`; a training that goes on removes it.
    ///
    /// ```rhai
    /// run_folder(#{}, #{}).save_result(#{ test: #{ epoch: 3, test_acc: 0.8 } });
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save_result(run: &mut RunHandle, result: Map) -> ScriptResult<()> {
        Ok(run.save_result(&to_json(&result.into()))?)
    }

    /// Keeps what the network of an `epoch` said of the test set, as `predictions.csv`: a line for each row, with its label, the class that was predicted, and the
    /// probability of the true one. `said` is as `train::evaluate` gives it as `predictions`. `imdbsh runs diff` compares two such files.
    ///
    /// Errors: tensors of other lengths.
    ///
    /// ```rhai
    /// let set = dataset(randn([4, 2]), tensor([0, 1, 0, 1]));
    /// let scored = train::evaluate(linear(2, 2), set, #{ predictions: true });
    /// run_folder(#{}, #{ test: set }).save_predictions(1, scored.predictions);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save_predictions(run: &mut RunHandle, epoch: i64, said: Map) -> ScriptResult<()> {
        let set = run.test_set().unwrap_or("unknown").to_string();
        Ok(run.save_predictions(&Predictions { epoch: epoch.max(0) as usize, set, rows: predictions(&said)? })?)
    }

    /// The file of the checkpoint that was kept of `epoch`, the best of the training, for `net.load`; `()` where there is none.
    ///
    /// ```rhai
    /// assert_eq(run_folder(#{}, #{}).best_checkpoint(1), ());
    /// ```
    #[rhai_fn(pure)]
    pub fn best_checkpoint(run: &mut RunHandle, epoch: i64) -> Dynamic {
        run.best_checkpoint(epoch).map_or(Dynamic::UNIT, |path| path.display().to_string().into())
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(run: &mut RunHandle) -> String {
        format!("Run({})", run.path().display())
    }
}
