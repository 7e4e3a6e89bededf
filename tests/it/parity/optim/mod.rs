//! Optimizers and clipping against PyTorch 2.13, and what their state is for.
//!
//! The golden numbers are what this prints for each `make` in the comments below:
//!
//! ```python
//! import torch
//! O = torch.optim
//! n = lambda *s: torch.arange(1, 1 + torch.Size(s).numel(), dtype=torch.float32).reshape(s)
//! def run(make, steps=50):
//!     w = (n(4, 3) * 0.7).sin().requires_grad_()
//!     b = (n(4) * 1.3).cos().requires_grad_()
//!     v = (n(4) * 0.4).sin().requires_grad_()
//!     x, y = (n(8, 3) * 1.1).sin(), (n(8) * 0.9).cos()
//!     opt = make(w, b, v)
//!     for _ in range(steps):
//!         opt.zero_grad()
//!         ((((x @ w.T + b).tanh() @ v) - y) ** 2).mean().backward()
//!         opt.step()
//!     print([f"{p:.9g}" for p in torch.cat([w.flatten(), b, v]).tolist()])
//!
//! # PyTorch has no Lion. As in https://github.com/google/automl/blob/master/lion/lion_pytorch.py:
//! class Lion(O.Optimizer):
//!     def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
//!         super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))
//!     @torch.no_grad()
//!     def step(self):
//!         for group in self.param_groups:
//!             for p in group["params"]:
//!                 p.data.mul_(1 - group["lr"] * group["weight_decay"])
//!                 grad, state = p.grad, self.state[p]
//!                 if len(state) == 0:
//!                     state["exp_avg"] = torch.zeros_like(p)
//!                 exp_avg, (beta1, beta2) = state["exp_avg"], group["betas"]
//!                 update = exp_avg * beta1 + grad * (1 - beta1)
//!                 p.add_(update.sign_(), alpha=-group["lr"])
//!                 exp_avg.mul_(beta2).add_(grad, alpha=1 - beta2)
//! ```

mod behaviour;
mod clip;
mod closure;
mod muon;
mod numbers;
mod problem;
mod steps;
