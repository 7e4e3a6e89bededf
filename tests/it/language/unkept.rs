//! What a script keeps where no checkpoint looks: said once, with the place that is kept.

use crate::common::runs::Place;

fn said(script: &str) -> Vec<String> {
    let output = Place::new().command(&["--no-check", "-e", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stderr).unwrap().lines().map(String::from).collect()
}

#[test]
fn a_number_that_a_forward_function_changes() {
    let net = |member: &str| {
        format!(
            "let net = network(#{{ seen: {member}, forward: |x| {{ this.seen += 1; x }} }});
             for i in 0..3 {{ net.forward(zeros([1, 1])); }}"
        )
    };
    let err = said(&net("0"));
    assert!(err.len() == 1 && err[0].contains("forward changes `this.seen`"), "{err:?}");
    assert!(said(&net("buffer(zeros([1]))")).is_empty());
}

#[test]
fn a_variable_that_an_optimizers_step_has_captured() {
    let steps = |rule: &str, state: &str| {
        format!(
            "let w = parameter(tensor([1.0])); let count = 0;
             let own = optimizer([w], #{{ lr: 0.1, {state} step: |p, grad, state| {{ {rule}; p - grad * state.lr }} }});
             for i in 0..3 {{ own.zero_grad(); w.sum().backward(); own.step(); }}"
        )
    };
    let err = said(&steps("count += 1", ""));
    assert!(err.len() == 1 && err[0].contains("step changes a variable that it has captured"), "{err:?}");
    assert!(said(&steps("let half = count / 2", "")).is_empty());
    assert!(said(&steps("state.count += 1", "count: 0,")).is_empty());
}
