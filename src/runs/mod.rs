//! Many runs: what stands in their folders, side by side. For `imdbsh runs` and for scripts.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `find` | the runs below a folder |
//! | `fields` | what can be asked of a run, by its name |
//! | `order` | the order of values as people count |
//! | `filter` | `lr>1e-3 and status=finished` |
//! | `list` | chosen, sorted, in columns |
//! | `shown` | a table as text, CSV, JSON |
//! | `compare`, `equal`, `told` | what two runs differ in; whether they came to the same bits, in what their test sets tell, too |
//! | `groups` | two settings with several seeds each |
//! | `paired` | two runs on the same test rows: whether the one is better by more than chance |
//! | `page`, `picture` | one run on a page; the curves of several |
//! | `export` | for TensorBoard, for pandas |
//! | `change` | tags, and the end of a run |

pub mod change;
pub mod compare;
pub mod equal;
pub mod export;
pub mod fields;
pub mod filter;
pub mod find;
pub mod groups;
pub mod list;
pub mod order;
pub mod page;
pub mod paired;
pub mod picture;
pub mod shown;
mod told;
