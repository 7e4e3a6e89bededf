# The network of scripts/bilstm_adam_l2.rhai with `hidden=8`: finds its weights in `state`, the batch in GIVEN, what it reads in READOUT.
class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.score = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    def forward(self, out, padding):
        return (out * self.score(out).masked_fill(padding, -math.inf).softmax(1)).sum(1)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(100, 8, 1, batch_first=True, bidirectional=True)
        if READOUT == "attention":
            self.pool = torch.nn.Module()
            self.pool.parts = torch.nn.ModuleList([Attention()])
        states = 32 if READOUT == "attention" else 16
        head = [torch.nn.Linear(states, 32), torch.nn.Tanh(), torch.nn.Linear(32, 2)]
        self.layer = torch.nn.Sequential(*head, torch.nn.Softmax(dim=1)) if READOUT == "last" else torch.nn.Sequential(*head)
    def forward(self, x, lengths):
        if READOUT == "last":     # the lab's: rows filled up in front, and the output at the last position
            return self.layer(self.lstm(x)[0][:, -1])
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, _ = torch.nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        padding = (torch.arange(out.shape[1]) >= lengths[:, None])[:, :, None]
        largest = out.masked_fill(padding, -math.inf).max(dim=1).values
        if READOUT == "max":
            return self.layer(largest)
        return self.layer(torch.cat([self.pool.parts[0](out, padding), largest], -1))
net = Net()
net.load_state_dict(state, strict=True)
with torch.no_grad():
    print(json.dumps(net(torch.tensor(GIVEN["x"]), torch.tensor(GIVEN["lengths"])).flatten().tolist()))
