//! Which trials a sweep consists of.

use super::values::Values;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::splitmix::SplitMix;

/// The option that starts a script's randomness. Trials that differ in nothing else are repetitions of one setting.
pub const SEED: &str = "seed";

/// Options with their values, as they are handed to the script.
pub type Options = Vec<(String, String)>;

/// Every combination of the values, those of the last option in turn first.
///
/// # Errors
/// A range to draw from; more combinations than can be counted.
pub fn grid(given: &[(String, Values)]) -> Result<Vec<Options>> {
    let mut all: Vec<Options> = vec![Vec::new()];
    for (key, values) in given {
        let Values::Listed(values) = values else {
            let message = format!("{key} is to be drawn: --random N says how often");
            return Err(Error::new(ErrorKind::Usage, message));
        };
        if all.len().saturating_mul(values.len()) > 1_000_000 {
            return Err(Error::new(
                ErrorKind::Usage,
                "these are more than 1,000,000 trials: fewer values, or --random N",
            ));
        }
        let with = |options: &Options, value: &String| {
            options.iter().cloned().chain([(key.clone(), value.clone())]).collect::<Options>()
        };
        all = all.iter().flat_map(|options| values.iter().map(move |value| with(options, value))).collect();
    }
    Ok(all)
}

/// `count` settings, each option drawn from its range or its list; each is tried with all seeds that are listed. Of lists alone, none comes twice.
///
/// # Errors
/// More settings than there are.
pub fn random(given: &[(String, Values)], count: usize, seed: u64) -> Result<Vec<Options>> {
    let (seeds, settings): (Vec<_>, Vec<_>) = given.iter().cloned().partition(|(key, _)| key == SEED);
    let mut numbers = SplitMix(seed);
    let drawn = match settings.iter().any(|(_, values)| matches!(values, Values::Drawn(_))) {
        true => (0..count).map(|_| draw(&settings, &mut numbers)).collect(),
        false => some_of(grid(&settings)?, count, &mut numbers)?,
    };
    let seeds = match seeds.iter().any(|(_, values)| matches!(values, Values::Drawn(_))) {
        true => return Err(Error::new(ErrorKind::Usage, "seeds are listed, such as seed=1..3, and not drawn")),
        false => grid(&seeds)?,
    };
    Ok(drawn.iter().flat_map(|setting| seeds.iter().map(|seed| [setting.clone(), seed.clone()].concat())).collect())
}

fn draw(settings: &[(String, Values)], numbers: &mut SplitMix) -> Options {
    let value = |values: &Values, numbers: &mut SplitMix| match values {
        Values::Listed(values) => values[numbers.below(values.len())].clone(),
        Values::Drawn(range) => range.at(numbers.share()),
    };
    settings.iter().map(|(key, values)| (key.clone(), value(values, numbers))).collect()
}

/// So many of them, in the order in which they are drawn.
fn some_of(mut all: Vec<Options>, count: usize, numbers: &mut SplitMix) -> Result<Vec<Options>> {
    if count > all.len() {
        let message = format!("--random {count}: there are no more than {} settings", all.len());
        return Err(Error::new(ErrorKind::Usage, message));
    }
    for at in 0..count {
        let other = at + numbers.below(all.len() - at);
        all.swap(at, other);
    }
    all.truncate(count);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(all: &[&str]) -> Vec<(String, Values)> {
        let parsed = all.iter().map(|text| text.split_once('=').unwrap());
        parsed.map(|(key, text)| (key.to_string(), Values::parse(key, text).unwrap())).collect()
    }

    fn shown(trials: &[Options]) -> Vec<String> {
        let one = |trial: &Options| trial.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" ");
        trials.iter().map(one).collect()
    }

    #[test]
    fn a_grid_has_every_combination_once() {
        let all = grid(&given(&["lr=1,2", "seed=1..3"])).unwrap();
        assert_eq!(
            shown(&all),
            ["lr=1 seed=1", "lr=1 seed=2", "lr=1 seed=3", "lr=2 seed=1", "lr=2 seed=2", "lr=2 seed=3"]
        );
        assert!(grid(&given(&["lr=log:1..2"])).unwrap_err().message.contains("--random"));
    }

    #[test]
    fn draws_are_the_same_again_and_each_has_all_seeds() {
        let asked = given(&["lr=log:1e-5..1e-2", "width=8,16", "seed=1,2"]);
        let all = random(&asked, 4, 1).unwrap();
        assert_eq!(shown(&all), shown(&random(&asked, 4, 1).unwrap()));
        assert_ne!(shown(&all), shown(&random(&asked, 4, 2).unwrap()));
        assert_eq!(all.len(), 8);
        for pair in all.chunks(2) {
            assert_eq!(pair[0][..2], pair[1][..2]);
            assert_eq!([&pair[0][2].1, &pair[1][2].1], ["1", "2"]);
        }
    }

    #[test]
    fn of_lists_no_setting_is_drawn_twice() {
        let asked = given(&["a=1..4", "b=1..5"]);
        let mut all = shown(&random(&asked, 20, 7).unwrap());
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 20);
        assert!(random(&asked, 21, 7).unwrap_err().message.contains("no more than 20"));
    }
}
