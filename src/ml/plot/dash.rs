//! Lines of strokes.

/// Lengths of a stroke and of the space behind it.
pub const DASH: (f64, f64) = (7.0, 4.0);

/// Cuts a line into strokes and spaces of these lengths, the first stroke of a length of its own.
pub fn dashes(points: &[(f64, f64)], (stroke, space): (f64, f64), first: f64) -> Vec<Vec<(f64, f64)>> {
    let (mut all, mut current) = (Vec::new(), Vec::new());
    let (mut drawing, mut left) = (true, first);
    current.extend(points.first().copied());
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let t = done / length;
            let point = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
            if drawing {
                current.push(point);
                all.push(std::mem::take(&mut current));
            } else {
                current = vec![point];
            }
            drawing = !drawing;
            left = if drawing { stroke } else { space };
        }
        left -= length - done;
        if drawing {
            current.push(b);
        }
    }
    if drawing && current.len() > 1 {
        all.push(current);
    }
    all
}
