// The stages of a training step. Each has a title, a formula, a sentence (text) and maybe another
// (note); parts() draws its picture, example() is the arithmetic of one number of it.

// The stages, in the order in which they are computed.
const stages = (data, say) => {
  const a = {};
  for (const name of [
    ...["Wxh_x", "Whh_h", "h", "h_before", "bh", "by", "y", "p", "dy"],
    ...["from_output", "from_next", "da", "losses", "log_sums"],
  ]) {
    a[name] = decode(data[name]);
  }
  const T = data.inputs.length, H = data.H, V = data.V;
  const unit = (u) => `unit ${u}`;
  const letter = (r) => data.names[data.rows[r]];
  const symbol = (r) => data.symbols[data.rows[r]];
  const shownRows = data.rows.length < V ? ` ${data.rows.length} of them are drawn.` : "";
  const isTarget = (t, r) => data.rows[r] === data.targets[t];
  const targets = data.targets
    .map((id, t) => [t, data.rows.indexOf(id)])
    .filter(([, r]) => r >= 0);
  const units = () => `${H} units${a.h.columns < H ? `, the first ${a.h.columns} shown` : ""}`;
  const map = (title, array, options) => overWindow(data, title, array, { say, ...options });
  const dh = {
    ...a.from_output,
    values: a.from_output.values.map((v, i) => v + a.from_next.values[i]),
  };
  const several = data.streams > 1;
  const overStreams = several
    ? ` Over all ${data.streams} streams the mean is ${data.mean_loss.toFixed(2)} nats.`
    : "";
  const source = several ? `the first of ${data.streams} streams` : "the text";
  const gradientScale = Math.max(maximum(a.from_output), maximum(a.from_next), maximum(dh));
  return [
    {
      title: "The window",
      formula: `inputs = text[p : p+${T}]     targets = text[p+1 : p+${T + 1}]`,
      text: `Iteration ${data.iteration.toLocaleString("en-US")} reads ${T} characters from position ${data.position.toLocaleString("en-US")} of ${source}. At each of them it has to predict the next.`,
      note: data.notes.hidden,
      parts: () => [windowPicture(data, say)],
      example: () => `t = 0: reads ${data.names[data.inputs[0]]}, has to predict ${data.names[data.targets[0]]}`,
    },
    {
      title: "One-hot",
      formula: `x_t = zeros(${V}, 1)     x_t[inputs[t]] = 1`,
      text: `Each character becomes a column of ${V} numbers: a single 1, the rest zeros.${shownRows}`,
      parts: () => [
        map("x: one column per character", oneHot(data), {
          rowName: letter, rowSymbol: symbol,
          explain: (t, r) => (data.rows[r] === data.inputs[t] ? "1" : "0"),
        }),
      ],
      example: () => `x_0 has its 1 at index ${data.inputs[0]} (${data.names[data.inputs[0]]})`,
    },
    {
      title: "Hidden states",
      formula: "h_t = tanh(Wxh x_t + Whh h_{t−1} + bh)",
      text: `Each hidden state comes from the character and from the hidden state before it: ${units()}.`,
      note: data.notes.hidden,
      parts: () => [map("h", a.h, { rowName: unit, explain: explainHidden, scale: 1 })],
      example: () => `t = 0, unit 0: ${explainHidden(0, 0)}`,
    },
    {
      title: "Scores",
      formula: "y_t = Why h_t + by",
      text: `A score for each of ${V} characters that may come next.${shownRows} Outlined: the one that does.`,
      parts: () => [map("y", a.y, { rowName: letter, rowSymbol: symbol, explain: explainScore, marked: targets })],
      example: () => `t = 0, ${letter(0)}: ${explainScore(0, 0)}`,
    },
    {
      title: "Probabilities",
      formula: "p_t = exp(y_t) / Σ exp(y_t)",
      text: "The scores become probabilities that add up to 1. Outlined: the character that comes next.",
      parts: () => [
        map("p", a.p, { rowName: letter, rowSymbol: symbol, explain: explainProbability, scale: 1, marked: targets }),
      ],
      example: () => `t = 0, ${letter(0)}: ${explainProbability(0, 0)}`,
    },
    {
      title: "Loss",
      formula: "L = − Σ log p_t[target_t]",
      text: `Every character costs −log of the probability it was given. Together: ${data.loss.toFixed(2)} nats, or ${(data.loss / T / Math.LN2).toFixed(2)} bits per character.${overStreams}`,
      note: data.notes.hidden,
      parts: () => [
        bars(data, "loss of each target, in nats", a.losses, {
          label: `The loss of each of ${T} characters, ${data.loss.toFixed(2)} nats together`,
          explain: explainLoss,
          say,
        }),
      ],
      example: () => explainLoss(0),
    },
    {
      title: "Back to the scores",
      formula: "dy_t = p_t − onehot(target_t)",
      text: "Now backward. The gradient of the loss pushes the target's score up (blue: more of it lowers the loss) and every other one down.",
      parts: () => [map("dy", a.dy, { rowName: letter, rowSymbol: symbol, explain: explainDy, scale: 1, marked: targets })],
      example: () => `t = 0, ${data.names[data.targets[0]]}: ${explainTargetDy(0)}`,
    },
    {
      title: "Back through time",
      formula: "dh_t = Whyᵀ dy_t + Whhᵀ da_{t+1}     da_t = (1 − h_t²) dh_t",
      text: "Each hidden state was used twice: for its own prediction and for the next hidden state. Its gradient is the sum of both. No step follows the last one, so nothing comes from there.",
      note: data.notes.next || data.notes.hidden,
      parts: () => {
        const row = element("div", "sum");
        const options = { rowName: unit, explain: explainDh, scale: gradientScale };
        row.append(
          map("dh from the output", a.from_output, options),
          element("span", "sign", "+"),
          map("dh from the next step", a.from_next, options),
          element("span", "sign", "="),
          map("dh", dh, options)
        );
        return [row];
      },
      example: () => `t = 0, unit 0: ${explainDh(0, 0)}`,
    },
    {
      title: "Weight gradients",
      formula: "dWxh = Σ da_t x_tᵀ   dWhh = Σ da_t h_{t−1}ᵀ   dWhy = Σ dy_t h_tᵀ   dbh = Σ da_t   dby = Σ dy_t",
      text: `Five arrays are learned. Each gets a gradient of its own shape, summed over the window${several ? ` and averaged over the ${data.streams} streams` : ""}. Up to 48 × 48 numbers of each are drawn.`,
      parts: () => [
        fiveArrays(data, "g", {
          say,
          figureOf: (array) => `largest ${short(array.largest)}`,
          explain: (array, r, c) => `gradient ${signed(cell(array, "g", r, c), 4)}`,
        }),
      ],
      example: () => arrayNames(),
    },
    clipStage(data, say),
    ...updateStages(data, say),
  ];

  function explainHidden(t, u) {
    const [x, back, bias] = [at(a.Wxh_x, t, u), at(a.Whh_h, t, u), a.bh.values[u]];
    return `tanh(Wxh x ${signed(x)}, Whh h ${signed(back)}, bh ${signed(bias)}) = tanh(${signed(x + back + bias)}) = ${signed(at(a.h, t, u))}`;
  }
  function explainScore(t, r) {
    const y = at(a.y, t, r), by = a.by.values[r];
    return `Why h ${signed(y - by)}, by ${signed(by)}: score ${signed(y)}`;
  }
  function explainProbability(t, r) {
    const [y, logSum] = [at(a.y, t, r), a.log_sums.values[t]];
    return `exp(y − log Σ exp(y)) = exp(${signed(y)} − ${logSum.toFixed(2)}) = ${percent(at(a.p, t, r))}`;
  }
  function explainLoss(t) {
    const loss = a.losses.values[t];
    return `t = ${t}: ${data.names[data.targets[t]]} was given ${percent(Math.exp(-loss))}, −log ${short(Math.exp(-loss))} = ${loss.toFixed(2)} nats`;
  }
  function explainDy(t, r) {
    const p = short(at(a.p, t, r));
    return isTarget(t, r) ? `${p} − 1 = ${signed(at(a.dy, t, r), 3)}` : `${p} − 0 = ${signed(at(a.dy, t, r), 3)}`;
  }
  function explainTargetDy(t) {
    const r = data.rows.indexOf(data.targets[t]);
    return r < 0 ? "" : explainDy(t, r);
  }
  function explainDh(t, u) {
    const [output, next] = [at(a.from_output, t, u), at(a.from_next, t, u)];
    return `${signed(output, 3)} from the output ${signed(next, 3)} from the next step = ${signed(output + next, 3)}; times 1 − h² gives da ${signed(at(a.da, t, u), 3)}`;
  }
  function arrayNames() {
    return data.arrays.map((array) => `${array.name} ${shapeOf(array)}`).join(" · ");
  }
};
