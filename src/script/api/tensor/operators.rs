//! Operators over tensors and numbers, on either side, and the functions that stand for them.
//!
//! Each form of an operator is registered with its exact types: the interpreter finds it at once, and no value is
//! looked into to find out what it is.

use super::{
    args,
    args::Number,
    table::{another_form, done, done_with_scalar, function},
};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::Module;
use tch::{Kind, TchError, Tensor};

type Made = Result<Tensor, TchError>;

/// An operator in its three forms.
struct Operator {
    symbol: &'static str,
    name: &'static str,
    doc: &'static str,
    example: &'static str,
    tensors: fn(&Tensor, &Tensor) -> Made,
    /// `x op 2`
    number: fn(&Tensor, Number) -> Made,
    /// `2 op x`
    reversed: fn(Number, &Tensor) -> Made,
    /// Whether `true` and `false` are operands too.
    bools: bool,
}

const ARITHMETIC: &[Operator] = &[
    Operator {
        symbol: "+",
        name: "add",
        doc: "`x + y`, element by element",
        example: "assert_eq(add(tensor([1, 2]), 1), tensor([2, 3]));\nassert_eq(1 + tensor([1, 2]), tensor([2, 3]));",
        tensors: |x, y| x.f_add(y),
        number: |x, y| x.f_add_scalar(y),
        reversed: |x, y| y.f_add_scalar(x),
        bools: false,
    },
    Operator {
        symbol: "-",
        name: "sub",
        doc: "`x - y`, element by element",
        example: "assert_eq(sub(tensor([1, 2]), 1), tensor([0, 1]));\nassert_eq(1 - tensor([1, 2]), tensor([0, -1]));",
        tensors: |x, y| x.f_sub(y),
        number: |x, y| x.f_sub_scalar(y),
        reversed: |x, y| y.f_rsub_scalar(x),
        bools: false,
    },
    Operator {
        symbol: "*",
        name: "mul",
        doc: "`x * y`, element by element",
        example: "assert_eq(mul(tensor([1, 2]), 3), tensor([3, 6]));\nassert_eq(tensor([1, 2]) * 0.5, tensor([0.5, 1.0]));",
        tensors: |x, y| x.f_mul(y),
        number: |x, y| x.f_mul_scalar(y),
        reversed: |x, y| y.f_mul_scalar(x),
        bools: false,
    },
    Operator {
        symbol: "/",
        name: "div",
        doc: "`x / y`, element by element; integers give float32",
        example: "assert_eq(div(tensor([1, 2]), 2), tensor([0.5, 1.0]));\nassert_eq(1 / tensor([1, 2]), tensor([1.0, 0.5]));",
        tensors: |x, y| x.f_div(y),
        number: |x, y| x.f_div_scalar(y),
        // As PyTorch does it.
        reversed: |x, y| y.f_reciprocal()?.f_mul_scalar(x),
        bools: false,
    },
    Operator {
        symbol: "%",
        name: "remainder",
        doc: "`x % y`: the remainder of the division, with the sign of `y`, element by element",
        example: "assert_eq(remainder(tensor([-1, 5]), 3), tensor([2, 2]));\nassert_eq(tensor([-1, 5]) % 3, tensor([2, 2]));",
        tensors: |x, y| x.f_remainder_tensor(&safe_divisor(y)?),
        number: |x, y| x.f_remainder(if y == Number::Int(-1) { Number::Int(1) } else { y }),
        reversed: |x, y| Tensor::f_remainder_scalar_tensor(x, &safe_divisor(y)?),
        bools: false,
    },
    Operator {
        symbol: "**",
        name: "pow",
        doc: "`x ** y`: x to the power of y, element by element",
        example: "assert_eq(pow(tensor([2, 3]), 2), tensor([4, 9]));\nassert_eq(2 ** tensor([2, 3]), tensor([4, 8]));",
        tensors: |x, y| x.f_pow(y),
        number: |x, y| x.f_pow_tensor_scalar(y),
        reversed: |x, y| Tensor::f_pow_scalar(x, y),
        bools: false,
    },
];

const COMPARISONS: &[Operator] = &[
    Operator {
        symbol: "==",
        name: "eq",
        doc: "`x == y`: where the elements are equal, as a bool tensor. `equal(x, y)` tells whether all are",
        example: "assert_eq(eq(tensor([1, 2]), 2), tensor([false, true]));\nassert_eq(tensor([1, 2]) == 2, tensor([false, true]));",
        tensors: |x, y| x.f_eq_tensor(y),
        number: |x, y| x.f_eq(y),
        reversed: |x, y| y.f_eq(x),
        bools: true,
    },
    Operator {
        symbol: "!=",
        name: "ne",
        doc: "`x != y`: where the elements differ, as a bool tensor",
        example: "assert_eq(ne(tensor([1, 2]), 2), tensor([true, false]));",
        tensors: |x, y| x.f_ne_tensor(y),
        number: |x, y| x.f_ne(y),
        reversed: |x, y| y.f_ne(x),
        bools: true,
    },
    Operator {
        symbol: "<",
        name: "lt",
        doc: "`x < y`, element by element, as a bool tensor",
        example: "assert_eq(lt(tensor([1, 2]), 2), tensor([true, false]));",
        tensors: |x, y| x.f_lt_tensor(y),
        number: |x, y| x.f_lt(y),
        reversed: |x, y| y.f_gt(x),
        bools: false,
    },
    Operator {
        symbol: "<=",
        name: "le",
        doc: "`x <= y`, element by element, as a bool tensor",
        example: "assert_eq(le(tensor([1, 2]), 1), tensor([true, false]));",
        tensors: |x, y| x.f_le_tensor(y),
        number: |x, y| x.f_le(y),
        reversed: |x, y| y.f_ge(x),
        bools: false,
    },
    Operator {
        symbol: ">",
        name: "gt",
        doc: "`x > y`, element by element, as a bool tensor",
        example: "assert_eq(gt(tensor([1, 2]), 1), tensor([false, true]));",
        tensors: |x, y| x.f_gt_tensor(y),
        number: |x, y| x.f_gt(y),
        reversed: |x, y| y.f_lt(x),
        bools: false,
    },
    Operator {
        symbol: ">=",
        name: "ge",
        doc: "`x >= y`, element by element, as a bool tensor",
        example: "assert_eq(ge(tensor([1, 2]), 2), tensor([false, true]));",
        tensors: |x, y| x.f_ge_tensor(y),
        number: |x, y| x.f_ge(y),
        reversed: |x, y| y.f_le(x),
        bools: false,
    },
];

const LOGIC: &[Operator] = &[
    Operator {
        symbol: "&",
        name: "bitwise_and",
        doc: "`x & y`: both, of bool tensors; the common bits, of int64 ones",
        example: "assert_eq(bitwise_and(tensor([true, true]), tensor([true, false])), tensor([true, false]));",
        tensors: |x, y| x.f_bitwise_and_tensor(y),
        number: |x, y| x.f_bitwise_and_tensor(&y.tensor()?),
        reversed: |x, y| y.f_bitwise_and_tensor(&x.tensor()?),
        bools: true,
    },
    Operator {
        symbol: "|",
        name: "bitwise_or",
        doc: "`x | y`: one or both, of bool tensors; the joined bits, of int64 ones",
        example: "assert_eq(bitwise_or(tensor([true, false]), tensor([false, false])), tensor([true, false]));",
        tensors: |x, y| x.f_bitwise_or_tensor(y),
        number: |x, y| x.f_bitwise_or_tensor(&y.tensor()?),
        reversed: |x, y| y.f_bitwise_or_tensor(&x.tensor()?),
        bools: true,
    },
    Operator {
        symbol: "^",
        name: "bitwise_xor",
        doc: "`x ^ y`: one but not both, of bool tensors; the differing bits, of int64 ones. A power is `x ** y`",
        example: "assert_eq(bitwise_xor(tensor([true, true]), tensor([true, false])), tensor([false, true]));",
        tensors: |x, y| x.f_bitwise_xor_tensor(y),
        number: |x, y| x.f_bitwise_xor_tensor(&y.tensor()?),
        reversed: |x, y| y.f_bitwise_xor_tensor(&x.tensor()?),
        bools: true,
    },
];

const COMMON: &str = ". `x` and `y` are tensors, or one of them a number; shapes are broadcast.\n\n\
    Errors: shapes that do not fit each other.";

/// The divisors with -1 made 1, which leaves the same remainder: the smallest int64 divided by -1 stops the processor.
fn safe_divisor(divisor: &Tensor) -> Made {
    match divisor.kind() {
        Kind::Int64 => divisor.f_masked_fill(&divisor.f_eq(-1)?, 1),
        _ => Ok(divisor.shallow_clone()),
    }
}

/// Registers `x op number` and `number op x` for one type of number.
macro_rules! with_number {
    ($module:ident, $op:ident, $name:expr, $type:ty, $variant:path, $shown:literal) => {
        let (operation, number, reversed) = ($op.name, $op.number, $op.reversed);
        another_form($name, &["x: Tensor", concat!("y: ", $shown), "Tensor"]).set_into_module(
            &mut $module,
            move |x: TensorHandle, y: $type| -> ScriptResult<TensorHandle> {
                done_with_scalar(|| number(&x, $variant(y)), operation, &[&x])
            },
        );
        another_form($name, &[concat!("x: ", $shown), "y: Tensor", "Tensor"]).set_into_module(
            &mut $module,
            move |x: $type, y: TensorHandle| -> ScriptResult<TensorHandle> {
                done_with_scalar(|| reversed($variant(x), &y), operation, &[&y])
            },
        );
    };
}

pub fn table() -> Module {
    let mut module = Module::new();
    for op in [ARITHMETIC, COMPARISONS, LOGIC].into_iter().flatten() {
        for name in [op.symbol, op.name] {
            let (operation, tensors) = (op.name, op.tensors);
            let doc = format!("{}{COMMON}", op.doc);
            function(name, &doc, op.example, &["x: Tensor", "y: Tensor", "Tensor"]).set_into_module(
                &mut module,
                move |x: TensorHandle, y: TensorHandle| -> ScriptResult<TensorHandle> {
                    args::room_for_both(operation, &x, &y)?;
                    done_with_scalar(|| tensors(&x, &y), operation, &[&x, &y])
                },
            );
            with_number!(module, op, name, f64, Number::Float, "float");
            with_number!(module, op, name, i64, Number::Int, "int");
            if op.bools {
                with_number!(module, op, name, bool, Number::Bool, "bool");
            }
        }
    }
    another_form("-", &["x: Tensor", "Tensor"])
        .set_into_module(&mut module, |x: TensorHandle| -> ScriptResult<TensorHandle> {
            done(x.f_neg(), "neg", &[&x])
        });
    another_form("!", &["x: Tensor", "Tensor"])
        .set_into_module(&mut module, |x: TensorHandle| -> ScriptResult<TensorHandle> {
            done(x.f_logical_not(), "logical_not", &[&x])
        });
    module
}
