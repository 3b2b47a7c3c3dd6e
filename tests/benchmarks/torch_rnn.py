"""The same network and training recipe in PyTorch, written in the usual way."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class TorchRNN(nn.Module):
    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__()
        self.rnn = nn.RNN(vocab_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)
        for name, parameter in self.named_parameters():
            if "bias" in name:
                nn.init.zeros_(parameter)
            else:
                nn.init.normal_(parameter, std=0.01)

    def forward(
        self, one_hot: torch.Tensor, hidden: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(scores (T, V), last hidden state (1, H)) of a window (T, V)."""
        states, hidden = self.rnn(one_hot, hidden)
        return self.output(states), hidden


class TorchTrainer:
    def __init__(
        self,
        ids: np.ndarray,
        vocab_size: int,
        *,
        hidden_size: int,
        seq_length: int,
        learning_rate: float,
        fused: bool,
    ) -> None:
        """fused: update all parameters in one kernel, which is not the default in PyTorch."""
        torch.set_num_threads(1)
        torch.manual_seed(0)
        self.model = TorchRNN(vocab_size, hidden_size)
        self.optimizer = torch.optim.Adagrad(
            self.model.parameters(), learning_rate, eps=1e-8, fused=fused
        )
        self.ids = torch.as_tensor(ids, dtype=torch.long)
        self.one_hot = F.one_hot(self.ids, vocab_size).float()  # the whole text, once
        self.seq_length, self.position = seq_length, 0
        self.hidden = torch.zeros(1, hidden_size)

    def step(self) -> float:
        """One window and one update; returns the loss in nats, summed over the window."""
        p, T = self.position, self.seq_length
        scores, hidden = self.model(self.one_hot[p : p + T], self.hidden)
        loss = F.cross_entropy(scores, self.ids[p + 1 : p + T + 1], reduction="sum")
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(self.model.parameters(), 5)
        self.optimizer.step()
        self.hidden = hidden.detach()
        self.position += T
        if self.position + T + 1 >= len(self.ids):
            self.position = 0
            self.hidden = torch.zeros_like(self.hidden)
        return loss.item()
