//! Texts of tables and folders without their labels.

use super::sets::files;
use super::table_options::table_options;
use crate::error::{Error, ErrorKind};
use crate::ml::data::unlabelled;
use crate::output::complain;
use crate::places::Places;
use crate::script::api::handles::TextsHandle;
use crate::script::base::options::Options;
use crate::script::base::{ScriptResult, part};
use rhai::{Dynamic, Map, NativeCallContext, plugin::*};
use std::rc::Rc;

const FUNCTION: &str = "read_texts";

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The texts of a table, or of several (an array of names, or a pattern), in their order, whose labels, if there are any, nobody asks for:
    /// to be told by a network, or to be trained on without labels; or of a folder of files, a text each, by their numbers (`aclImdb/train/unsup`), or of the
    /// training reviews of one that is laid out like aclImdb, the unlabelled ones among them. A row without a text has an empty one. Those of a large table stay in its
    /// file. The options are those of `imdb::table_options` but for the labels'.
    ///
    /// Errors: a file that is not there, no table or damaged; a column that is not there.
    ///
    /// ```rhai
    /// write_text("new.csv", "id,review\n1,A fine film.\n2,\n");
    /// let unseen = read_texts("new.csv", #{ text_column: "review" });
    /// assert_eq([unseen[0], unseen[1]], ["A fine film.", ""]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_texts(context: NativeCallContext, data: Dynamic, options: Map) -> ScriptResult<TextsHandle> {
        let mut o = Options::new(FUNCTION, options);
        let name = files(Some(data), "data", "")?;
        if o.take("label_column").is_some() || o.take("label_map").is_some() {
            let message = "read_texts reads no labels: label_column and label_map are of imdb::load and read_sets";
            return Err(Error::new(ErrorKind::Option, message).into());
        }
        let options = table_options(&mut o)?;
        o.done()?;
        let (texts, notes) = unlabelled(&part::<Places>(&context)?.find_all(&name)?, &options)?;
        notes.iter().for_each(|note| complain(note));
        Ok(Rc::new(texts))
    }

    #[rhai_fn(name = "read_texts", return_raw)]
    pub fn read_texts_plainly(context: NativeCallContext, data: Dynamic) -> ScriptResult<TextsHandle> {
        read_texts(context, data, Map::new())
    }
}
