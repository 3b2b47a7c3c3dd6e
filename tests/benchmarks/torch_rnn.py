"""The same network and training recipes in PyTorch, written in the usual way."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from charrnn.engine.corpus import windows_per_epoch
from charrnn.engine.optimizers import adam
from charrnn.engine.optimizers.schedule import Schedule
from charrnn.engine.parameters import Parameters
from charrnn.runs.config import RunConfig


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


class TorchRecipeTrainer:
    """Follows a recipe, in as many streams as it asks for."""

    def __init__(self, text: np.ndarray, vocab_size: int, config: RunConfig) -> None:
        """text: ids in streams, (length, B)."""
        torch.set_num_threads(1)
        self.config, self.vocab_size = config, vocab_size
        self.model = TorchRNN(vocab_size, config.hidden_size)
        first = config.weights_before_training(vocab_size)
        with torch.no_grad():
            for name, parameter in self._matrices().items():
                parameter.copy_(torch.tensor(np.ascontiguousarray(getattr(first, name))))
        self.optimizer = {
            "adagrad": lambda w, rate: torch.optim.Adagrad(w, rate, eps=1e-8),
            "adam": lambda w, rate: torch.optim.Adam(w, rate, betas=(adam.BETA1, adam.BETA2)),
        }[config.optimizer](self.model.parameters(), config.learning_rate)
        epochs = config.decay_epochs * windows_per_epoch(len(text), config.seq_length)
        decay = min(config.decay_iterations, epochs)
        schedule = Schedule(config.schedule, config.warm_up, decay, config.decay_to)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, schedule.share)
        self.text = torch.as_tensor(text.astype(np.int64))
        self.position = 0
        self.hidden = torch.zeros(1, config.streams, config.hidden_size)

    def step(self) -> float:
        """One window and one update; returns the loss in nats, as the engine counts it."""
        p, config = self.position, self.config
        T, V = config.seq_length, self.vocab_size
        one_hot = F.one_hot(self.text[p : p + T], V).float()
        scores, hidden = self.model(one_hot, self.hidden)
        targets = self.text[p + 1 : p + T + 1].reshape(-1)
        loss = F.cross_entropy(scores.reshape(-1, V), targets, reduction="sum") / config.streams
        self.optimizer.zero_grad()
        loss.backward()
        clip = {"value": nn.utils.clip_grad_value_, "norm": nn.utils.clip_grad_norm_}
        clip[config.clipping](self.model.parameters(), config.clip_limit)
        self.optimizer.step()
        self.schedule.step()
        self.hidden = hidden.detach()
        self.position += T
        if self.position + T + 1 >= len(self.text):
            self.position = 0
            self.hidden = torch.zeros_like(self.hidden)
        return loss.item()

    def weights(self) -> Parameters:
        """The weights as they are now, in the engine's form."""
        weights = Parameters(self.vocab_size, self.config.hidden_size)
        for name, parameter in self._matrices().items():
            getattr(weights, name)[...] = parameter.detach().numpy()
        rnn, output = self.model.rnn, self.model.output
        weights.bh[...] = (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach().numpy()
        weights.by[...] = output.bias.detach().numpy()
        return weights

    def _matrices(self) -> dict[str, torch.Tensor]:
        rnn, output = self.model.rnn, self.model.output
        return {"Wxh": rnn.weight_ih_l0, "Whh": rnn.weight_hh_l0, "Why": output.weight}
