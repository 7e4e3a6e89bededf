//! Which columns of an Arrow file are read: those of structs by the names of all fields on the way.

use super::super::blob::Blob;
use super::super::class_label::ClassLabel;
use super::super::columns::{Chosen, chosen};
use super::cells;
use crate::error::{Error, Result};
use crate::ml::data::table::TableOptions;
use arrow_schema::{DataType, Field, Schema};

/// A column, or a field of one: the places on the way to it. The first is among the columns that are read.
pub(super) type Way = Vec<usize>;

pub(super) struct Columns {
    /// Those to read, by their places in the file, in their order.
    pub projection: Vec<usize>,
    pub texts: Vec<Way>,
    pub label: Option<Way>,
    pub class_label: Option<ClassLabel>,
}

impl Columns {
    /// # Errors
    /// Columns that are not there, or hold neither texts nor labels.
    pub fn new(blob: &Blob, schema: &Schema, options: &TableOptions) -> Result<Columns> {
        let (mut names, mut ways, mut types) = (Vec::new(), Vec::new(), Vec::new());
        for (place, field) in schema.fields().iter().enumerate() {
            leaves(field, String::new(), vec![place], &mut |name, way, data| {
                names.push(name);
                ways.push(way);
                types.push(data.clone());
            });
        }
        let Chosen { texts, label } = chosen(&blob.path, &names, options)?;
        for (place, is_text) in texts.iter().map(|place| (*place, true)).chain(label.map(|label| (label, false))) {
            let found = &types[place];
            if !cells::holds_text(found) && (is_text || !cells::holds_label(found)) {
                let expected = if is_text { "texts" } else { "texts or plain numbers" };
                return Err(Error::data(format!(
                    "{}: the column `{}` holds values of the type {found}, expected {expected}",
                    blob.path.display(),
                    names[place]
                )));
            }
        }
        let mut projection: Vec<usize> = texts.iter().chain(&label).map(|place| ways[*place][0]).collect();
        projection.sort_unstable();
        projection.dedup();
        let projected = |place: &usize| {
            let mut way = ways[*place].clone();
            way[0] = projection.binary_search(&way[0]).unwrap_or(0);
            way
        };
        let said = schema.metadata().get("huggingface");
        Ok(Columns {
            texts: texts.iter().map(projected).collect(),
            label: label.as_ref().map(projected),
            class_label: said.zip(label).and_then(|(said, label)| ClassLabel::of(said, &names[label])),
            projection,
        })
    }
}

/// A column that is none of fields, or those of its fields.
fn leaves(field: &Field, before: String, way: Way, found: &mut dyn FnMut(String, Way, &DataType)) {
    let name = if before.is_empty() { field.name().clone() } else { format!("{before}.{}", field.name()) };
    match field.data_type() {
        DataType::Struct(fields) => {
            for (place, inner) in fields.iter().enumerate() {
                leaves(inner, name.clone(), [way.as_slice(), &[place]].concat(), found);
            }
        }
        data => found(name, way, data),
    }
}
