//! Products of vectors and matrices, and parts of matrices.

use super::{
    args,
    table::{Row, another_form, done, function},
};
use crate::error::Error;
use crate::ml::tensor::{During, matmul};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Array, Module, plugin::*};
use tch::{TchError, Tensor};

type Product = fn(&Tensor, &Tensor) -> crate::error::Result<Tensor>;

const PRODUCTS: &[Row<Product>] = &[
    (
        "matmul",
        "The matrix product: `[n, k]` and `[k, m]` give `[n, m]`. Vectors are rows on the left and columns on the right; \
         dimensions in front are batches, which are broadcast.",
        "assert_eq(matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])), tensor([3, 7]));\n\
         assert_eq(zeros([5, 2, 3]).matmul(zeros([3, 4])).shape, [5, 2, 4]);",
        matmul,
    ),
    (
        "mm",
        "The product of two matrices, `[n, k]` and `[k, m]`: `[n, m]`.",
        "assert_eq(mm(eye(2), ones([2, 3])), ones([2, 3]));",
        |x, y| x.f_mm(y).during("mm", &[x, y]),
    ),
    (
        "mv",
        "The product of a matrix `[n, k]` and a vector `[k]`: `[n]`.",
        "assert_eq(mv(tensor([[1, 2], [3, 4]]), tensor([1, 1])), tensor([3, 7]));",
        |x, y| x.f_mv(y).during("mv", &[x, y]),
    ),
    (
        "bmm",
        "The products of the matrices of two batches, `[b, n, k]` and `[b, k, m]`: `[b, n, m]`.",
        "assert_eq(bmm(ones([5, 2, 3]), ones([5, 3, 4])).shape, [5, 2, 4]);",
        |x, y| x.f_bmm(y).during("bmm", &[x, y]),
    ),
    (
        "dot",
        "The sum of the products of the elements of two vectors.",
        "assert_eq(dot(tensor([1, 2]), tensor([3, 4])).item(), 11);",
        |x, y| x.f_dot(y).during("dot", &[x, y]),
    ),
    (
        "outer",
        "The products of each element of a vector `[n]` with each of another, `[m]`: `[n, m]`.",
        "assert_eq(outer(tensor([1, 2]), tensor([3, 4])), tensor([[3, 4], [6, 8]]));",
        |x, y| x.f_outer(y).during("outer", &[x, y]),
    ),
];

type Diagonal = fn(&Tensor, i64) -> Result<Tensor, TchError>;

const DIAGONALS: &[Row<Diagonal>] = &[
    (
        "tril",
        "The matrix with zeros above the diagonal",
        "assert_eq(ones([2, 2]).tril(), tensor([[1.0, 0.0], [1.0, 1.0]]));",
        |x, k| x.f_tril(k),
    ),
    (
        "triu",
        "The matrix with zeros below the diagonal",
        "assert_eq(ones([2, 2]).triu(1), tensor([[0.0, 1.0], [0.0, 0.0]]));",
        |x, k| x.f_triu(k),
    ),
    (
        "diag",
        "The diagonal of a matrix; of a vector, the matrix that has it as its diagonal",
        "assert_eq(diag(tensor([[1, 2], [3, 4]])), tensor([1, 4]));\nassert_eq(diag(tensor([1, 2])).shape, [2, 2]);",
        |x, k| x.f_diag(k),
    ),
];

pub fn table() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, apply) in PRODUCTS {
        let doc = format!("{doc}\n\nErrors: shapes that do not fit, or tensors of different kinds.");
        function(name, &doc, example, &["x: Tensor", "y: Tensor", "Tensor"]).set_into_module(
            &mut module,
            move |x: TensorHandle, y: TensorHandle| -> ScriptResult<TensorHandle> {
                // What the product has at most: the rows of the one and the columns of the other.
                let (mut shape, columns) = (x.size(), y.size());
                shape.pop();
                if name == "outer" {
                    shape = x.size();
                }
                shape.extend(columns.last().filter(|_| columns.len() > 1 || name == "outer"));
                args::room(name, &shape, x.kind())?;
                Ok(apply(&x, &y)?.into())
            },
        );
    }
    for &(name, doc, example, apply) in DIAGONALS {
        let doc = format!("{doc}. A number behind it moves the diagonal up, a negative one down.");
        let by = move |x: TensorHandle, k: i64| -> ScriptResult<TensorHandle> {
            // Further than the matrix is large says nothing more, and libtorch's sums would overflow.
            let most = x.size().into_iter().max().unwrap_or(0);
            if x.dim() == 1 {
                let side = most.saturating_add(k.saturating_abs());
                args::room(name, &[side, side], x.kind())?;
                return done(apply(&x, k), name, &[&x]);
            }
            if name == "diag" && k.saturating_abs() > most {
                return Err(Error::shape(format!("diag: no diagonal {k} in {:?}", x.size())).into());
            }
            done(apply(&x, k.clamp(-most, most)), name, &[&x])
        };
        function(name, &doc, example, &["x: Tensor", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle| by(x, 0));
        another_form(name, &["x: Tensor", "diagonal: int", "Tensor"]).set_into_module(&mut module, by);
    }
    module
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The sum of a matrix's diagonal.
    ///
    /// ```rhai
    /// assert_eq(trace(eye(3)).item(), 3.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn trace(x: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_trace(), "trace", &[&x])
    }

    /// Products and sums as Einstein's notation writes them: each letter is a dimension, and those that the result
    /// does not name are summed over.
    ///
    /// ```rhai
    /// assert_eq(einsum("ij,jk->ik", [ones([2, 3]), ones([3, 4])]).shape, [2, 4]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn einsum(equation: &str, tensors: Array) -> ScriptResult<TensorHandle> {
        let tensors = args::tensors("einsum", &tensors)?;
        let tensors: Vec<&Tensor> = tensors.iter().map(|t| &**t).collect();
        done(Tensor::f_einsum(equation, &tensors, None::<i64>), "einsum", &tensors)
    }
}
