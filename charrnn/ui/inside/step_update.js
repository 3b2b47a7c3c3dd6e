// The last stages of a training step: clipping, what the optimizer remembers, and the new weights.
// The formulas are those of the files in engine/optimizers.

const count = (number) => number.toLocaleString("en-US");

const grouped = (number) => (number.startsWith("−") ? `(${number})` : number);

const clipStage = (data, say) => {
  const limit = short(data.clip_limit);
  const sizes = data.arrays.map(({ shape }) => shape.reduce((x, y) => x * y, 1));
  const total = sizes.reduce((x, y) => x + y, 0);
  const beyond = data.arrays.reduce((sum, array) => sum + array.beyond, 0);
  const kinds = {
    value: {
      formula: `g ← min(max(g, −${limit}), ${limit})`,
      text: `Long windows can make gradients explode, so no entry may be beyond ±${limit}. Here ${count(beyond)} of ${count(total)} are.`,
      figureOf: (array) => `${count(array.beyond)} beyond ±${limit}`,
    },
    norm: {
      formula: `g ← g · ${limit} / |g|   if |g| > ${limit}`,
      text: `Long windows can make gradients explode, so all ${count(total)} entries are scaled down together when their norm |g| is above ${limit}. Their direction stays. Here |g| is ${short(data.norm)}.`,
      figureOf: (array) => `norm ${short(array.norm)}`,
    },
    off: {
      formula: "g ← g",
      text: `This run does not clip its gradients. Here their norm |g| is ${short(data.norm)}.`,
      figureOf: (array) => `norm ${short(array.norm)}`,
    },
  };
  const { formula, text, figureOf } = kinds[data.clipping];
  // The same with and without clipping, so that the switch is seen.
  const scale = Math.max(...data.arrays.map((array) => maximum(decode(array.g))));
  return {
    title: "Clip",
    formula,
    text,
    note: data.notes.clip,
    parts: () => [
      fiveArrays(data, "clipped", {
        say,
        figureOf,
        scaleOf: () => scale,
        explain: (array, r, c) =>
          `gradient ${signed(cell(array, "g", r, c), 4)}, used as ${signed(cell(array, "clipped", r, c), 4)}`,
      }),
    ],
    example: () => `full color is ±${short(scale)}`,
  };
};

// For each optimizer: the accumulators, in the order in which they are computed, and the update.
// Each formula has the numbers of one weight in its explain(). x: before, after, g, w, w_new.
const optimizers = {
  sgd: (rate) => ({
    accumulators: [],
    formula: `w ← w − ${rate} · g`,
    text: "SGD: the same step size for every weight.",
    explain: (x) => `${x.w} − ${rate} · ${grouped(short(x.g))} = ${x.w_new}`,
  }),
  adagrad: (rate) => ({
    accumulators: [
      {
        name: "memory",
        title: "Adagrad's accumulator",
        formula: "m ← m + g²",
        text: "Each weight adds up the squares of all its gradients: the more it has moved, the smaller its next steps.",
        explain: (x) => `m = ${short(x.before.memory)} + ${grouped(short(x.g))}² = ${short(x.after.memory)}`,
      },
    ],
    formula: `w ← w − ${rate} · g / √(m + 1e−8)`,
    text: "Adagrad: a step size for each weight, which only ever shrinks.",
    explain: (x) =>
      `${x.w} − ${rate} · ${grouped(short(x.g))} / √${short(x.after.memory)} = ${x.w_new}`,
  }),
  rmsprop: (rate) => ({
    accumulators: [
      {
        name: "memory",
        title: "Mean square",
        formula: "v ← 0.99 v + 0.01 g²",
        text: "Each weight keeps a moving average of its squared gradients. Old ones are forgotten, so the steps do not become ever smaller.",
        explain: (x) =>
          `v = 0.99 · ${short(x.before.memory)} + 0.01 · ${grouped(short(x.g))}² = ${short(x.after.memory)}`,
      },
    ],
    formula: `w ← w − ${rate} · g / (√v + 1e−8)`,
    text: "RMSProp: a step size for each weight, from its recent gradients.",
    explain: (x) =>
      `${x.w} − ${rate} · ${grouped(short(x.g))} / √${short(x.after.memory)} = ${x.w_new}`,
  }),
  adam: (rate, iteration) => {
    const [m_part, v_part] = [1 - 0.9 ** iteration, 1 - 0.999 ** iteration];
    return {
      accumulators: [
        {
          name: "momentum",
          title: "Momentum",
          formula: "m ← 0.9 m + 0.1 g",
          text: "Each weight keeps a moving average of its gradients: where they agree it moves on, and where they alternate they cancel out.",
          signedStage: true,
          explain: (x) =>
            `m = 0.9 · ${grouped(short(x.before.momentum))} + 0.1 · ${grouped(short(x.g))} = ${short(x.after.momentum)}`,
        },
        {
          name: "memory",
          title: "Mean square",
          formula: "v ← 0.999 v + 0.001 g²",
          text: "And a moving average of its squared gradients: the larger they are, the smaller its steps.",
          explain: (x) =>
            `v = 0.999 · ${short(x.before.memory)} + 0.001 · ${grouped(short(x.g))}² = ${short(x.after.memory)}`,
        },
      ],
      formula: `m′ = m / (1 − 0.9^${iteration})\nv′ = v / (1 − 0.999^${iteration})\nw ← w − ${rate} · m′ / (√v′ + 1e−8)`,
      text: "Adam: a step size for each weight, and momentum. m′ and v′ make up for the start of both averages at zero.",
      explain: (x) =>
        `${x.w} − ${rate} · ${grouped(short(x.after.momentum / m_part))} / √${short(x.after.memory / v_part)} = ${x.w_new}`,
    };
  },
};

const updateStages = (data, say) => {
  const rate = short(data.learning_rate);
  const optimizer = optimizers[data.optimizer](rate, data.iteration);
  const numbersAt = (array, r, c) => {
    const all = (stages) =>
      Object.fromEntries(Object.keys(stages).map((name) => [name, cell(stages, name, r, c)]));
    return {
      before: all(array.before),
      after: all(array.after),
      g: cell(array, "clipped", r, c),
      w: signed(cell(array, "w", r, c), 6),
      w_new: signed(cell(array, "w_new", r, c), 6),
    };
  };
  const example = (explain) => `Whh[0, 0]: ${explain(numbersAt(data.arrays[1], 0, 0))}`;
  const scheduled =
    data.learning_rate === data.base_rate
      ? ""
      : ` The schedule has brought the learning rate to ${rate}, ${percent(data.learning_rate / data.base_rate)} of ${short(data.base_rate)}.`;
  const costs =
    data.streams === 1
      ? `this window costs ${data.loss_after.toFixed(2)} nats instead of ${data.mean_loss.toFixed(2)}`
      : `the ${data.streams} windows cost ${data.loss_after.toFixed(2)} nats on average instead of ${data.mean_loss.toFixed(2)}`;
  const remembered = optimizer.accumulators.map((stage) => ({
    title: stage.title,
    formula: stage.formula,
    text: stage.text,
    note: data.notes.clip,
    parts: () => [
      fiveArrays(data, stage.name, {
        say,
        of: (array) => array.after,
        signedStage: stage.signedStage ?? false,
        figureOf: (array) => `largest shown ${short(maximum(decode(array.after[stage.name])))}`,
        explain: (array, r, c) => stage.explain(numbersAt(array, r, c)),
      }),
    ],
    example: () => example(stage.explain),
  }));
  return [
    ...remembered,
    {
      title: "New weights",
      formula: optimizer.formula,
      text: `${optimizer.text}${scheduled} With the new weights, ${costs}.`,
      note: data.notes.clip,
      parts: () => [
        fiveArrays(data, "update", {
          say,
          figureOf: ({ relative_update: share }) =>
            share === null ? "starts at 0" : `moves by ${percent(share)} of its size`,
          explain: (array, r, c) => optimizer.explain(numbersAt(array, r, c)),
        }),
      ],
      example: () => example(optimizer.explain),
    },
  ];
};
