//! The lab's way from text to batches, on the embedded sample, against what the same steps give in Python.

use imdbsh::ml::batch::*;
use imdbsh::ml::data::*;
use std::rc::Rc;
use std::time::Instant;
use tch::Tensor;

const MARKS: &str = r#"[\s+.!@/_,$%^*()'"，。？！、～~#￥…&（）—]+"#;

fn lab(split: &str) -> (Reviews, Tokens) {
    let neg = sample::reviews(split, Label::Neg, None).unwrap();
    let reviews = neg.followed_by(&sample::reviews(split, Label::Pos, None).unwrap()).unwrap();
    let clean = reviews.texts.replace(MARKS, " ").unwrap().lower_case();
    let tokens = Tokens::split(&clean, Split::Spaces).unwrap();
    (reviews, tokens)
}

// >>> SPLIT = re.compile(r"""[\s+.!@/_,$%^*()'"，。？！、～~#￥…&（）—]+""")
// >>> tokens = [SPLIT.sub(" ", text).lower().split(" ") for text in train + test]  # 2,000 and 2,000, neg then pos
// >>> lengths = np.array([len(t) for t in tokens])
// >>> lengths.sum(), int(lengths.mean() + 2 * lengths.std()), len({w for t in tokens for w in t})
// (963180, 605, 40595)
// >>> lengths = lengths[:2000]
// >>> int(lengths.mean() + 2 * lengths.std()), len({w for t in tokens[:2000] for w in t})
// (608, 27669)
// >>> tokens[0][:8], tokens[3999][-4:]
// (['story', 'of', 'a', 'man', 'who', 'has', 'unnatural', 'feelings'], ['who', 'left', 'her', ''])
// Words with a row in glove.6B.100d.txt: 29993 of all, 21788 of the training reviews.
#[test]
fn the_labs_cleaning_gives_the_words_lengths_and_vectors_that_python_gives() {
    let ((train, train_words), (test, test_words)) = (lab("train"), lab("test"));
    let both = train.followed_by(&test).unwrap().texts.replace(MARKS, " ").unwrap().lower_case();
    let both = Tokens::split(&both, Split::Spaces).unwrap();
    assert_eq!(both.lengths().iter().sum::<i64>(), 963_180);
    assert_eq!(length_limit(&both.lengths()).unwrap(), 605);
    assert_eq!(both.distinct().len(), 40_595);
    assert_eq!(length_limit(&train_words.lengths()).unwrap(), 608);
    assert_eq!(both.words(0).unwrap()[..8], ["story", "of", "a", "man", "who", "has", "unnatural", "feelings"]);
    assert!(both.words(3999).unwrap().ends_with(&["who", "left", "her", ""]));

    let vectors = sample::vectors().unwrap();
    let vocabulary = Vocabulary::new(&train_words, VocabularyOptions::default()).unwrap();
    assert_eq!(vocabulary.len(), 27_669 + 2);
    assert_eq!(vectors.found(&vocabulary), 21_788);
    let wider = vocabulary.extended(&test_words, |word| vectors.contains(word));
    assert_eq!(vectors.found(&wider), 29_993);
    // Nothing on the training side knows of the test reviews.
    assert_eq!(wider.words().take(vocabulary.len()).collect::<Vec<_>>(), vocabulary.words().collect::<Vec<_>>());
    let (narrow, wide) = (vocabulary.encode(&train_words, 608).unwrap(), wider.encode(&train_words, 608).unwrap());
    assert!((0..narrow.len()).all(|row| narrow.row(row).unwrap() == wide.row(row).unwrap()));
}

#[test]
fn from_the_embedded_sample_to_a_batch() {
    let start = Instant::now();
    let (train, words) = lab("train");
    let (_, test_words) = lab("test");
    let texts = start.elapsed();
    let vectors = sample::vectors().unwrap();
    let unpacked = start.elapsed();
    let limit = length_limit(&words.lengths()).unwrap() as usize;
    let vocabulary = Vocabulary::new(&words, VocabularyOptions::default())
        .unwrap()
        .extended(&test_words, |word| vectors.contains(word));
    let table = vectors.table(&vocabulary).unwrap();
    let options = WordOptions { pad: Pad::Front, to_limit: true, vectors: Some(Rc::new(table)) };
    let encoded = vocabulary.encode(&words, limit).unwrap();
    let data = Rc::new(Dataset::words(encoded, &Tensor::from_slice(&train.labels), options).unwrap());
    eprintln!("texts {texts:?}, vectors {:?}, all {:?}", unpacked - texts, start.elapsed());

    let batch = data.batches(BatchOptions::default()).unwrap().next().unwrap().unwrap();
    assert_eq!(batch.shape(), [64, 608]);
    assert_eq!(batch.value().unwrap().shape(), [64, 608, 100]);
    let Inputs::Words(batch_words) = &batch.inputs else { panic!("words") };
    assert_eq!(batch_words.lengths.int64_value(&[0]), 115);
    let first = Vec::<i64>::try_from(batch_words.ids.get(0)).unwrap();
    assert!(first[..608 - 115].iter().all(|id| *id == PAD as i64));
    assert_eq!(vocabulary.decode(&first[608 - 115..]).unwrap(), words.words(0).unwrap());
}
