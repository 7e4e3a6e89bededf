//! What the user has set for the prompt, kept in the state folder.

#![expect(clippy::disallowed_methods, reason = "the program's own folder")]

use crate::error::did_you_mean;
use crate::ml::files::write_own;
use crate::output::pictures::Pictures;
use crate::places;

/// What the keys of the line editor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keys {
    #[default]
    Emacs,
    Vi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    pub keys: Keys,
    /// Whether what is longer than the window goes to the pager.
    pub pager: bool,
    /// How plots are shown.
    pub pictures: Pictures,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { keys: Keys::default(), pager: true, pictures: Pictures::default() }
    }
}

/// A setting: its name, its values, what it does, how it is read and set.
struct Row {
    name: &'static str,
    values: &'static [&'static str],
    about: &'static str,
    get: fn(&Settings) -> usize,
    set: fn(&mut Settings, usize),
}

/// In the order of their names below.
const PICTURES: [Pictures; 5] = [Pictures::Off, Pictures::Auto, Pictures::Kitty, Pictures::Iterm2, Pictures::Sixel];

const ROWS: &[Row] = &[
    Row {
        name: "keys",
        values: &["emacs", "vi"],
        about: "the keys of the line editor",
        get: |s| usize::from(s.keys == Keys::Vi),
        set: |s, value| s.keys = [Keys::Emacs, Keys::Vi][value],
    },
    Row {
        name: "pager",
        values: &["on", "off"],
        about: "whether what is longer than the window goes to $PAGER, or `less -RFX`",
        get: |s| usize::from(!s.pager),
        set: |s, value| s.pager = value == 0,
    },
    Row {
        name: "pictures",
        values: &["off", "auto", "kitty", "iterm2", "sixel"],
        about: "plots as pictures in the terminal, by its protocol; auto asks the terminal",
        get: |s| PICTURES.iter().position(|known| *known == s.pictures).unwrap_or(0),
        set: |s, value| s.pictures = PICTURES[value],
    },
];

impl Settings {
    /// Those that are kept; what is wrong there is left out.
    pub fn load() -> Self {
        let mut settings = Settings::default();
        let text = places::state().and_then(|folder| std::fs::read_to_string(folder.join("settings")).ok());
        for (name, value) in text.iter().flat_map(|text| text.lines()).filter_map(|line| line.split_once('=')) {
            let _ = settings.set(name, value);
        }
        settings
    }

    /// Sets one, `keys` `vi`.
    ///
    /// # Errors
    /// One that there is not, a value that it does not take.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        let Some(row) = ROWS.iter().find(|row| row.name == name) else {
            let nearest = did_you_mean(name, &names);
            return Err(format!("there is no setting `{name}`{nearest}; there are {}", names.join(", ")));
        };
        let Some(place) = row.values.iter().position(|known| *known == value) else {
            return Err(format!("`{name}` is {}, not `{value}`", row.values.join(" or ")));
        };
        (row.set)(self, place);
        Ok(())
    }

    /// A line each: the name, the value, the others, what it does.
    pub fn listed(&self) -> String {
        let line = |row: &Row| {
            let value = row.values[(row.get)(self)];
            let others: Vec<&str> = row.values.iter().copied().filter(|other| *other != value).collect();
            format!("{:10}{value:8}{} (or {})", row.name, row.about, others.join(", "))
        };
        ROWS.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Keeps them for the next session.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn save(&self) -> Result<(), String> {
        let Some(folder) = places::state() else { return Err("there is no home to keep them in".into()) };
        std::fs::create_dir_all(&folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
        let line = |row: &Row| format!("{}={}\n", row.name, row.values[(row.get)(self)]);
        let text: String = ROWS.iter().map(line).collect();
        write_own(&folder.join("settings"), |out| out.write_all(text.as_bytes())).map_err(|error| error.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_set_by_its_name_or_said_to_be_unknown() {
        let mut settings = Settings::default();
        settings.set("keys", "vi").unwrap();
        assert_eq!(settings, Settings { keys: Keys::Vi, ..Settings::default() });
        assert!(settings.listed().starts_with("keys      vi      the keys of the line editor (or emacs)\n"));
        assert!(settings.set("kays", "vi").unwrap_err().contains("did you mean `keys`?"));
        assert_eq!(settings.set("pager", "perhaps").unwrap_err(), "`pager` is on or off, not `perhaps`");
    }
}
