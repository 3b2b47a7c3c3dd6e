// The kinds of pictures of a training step. say(words): shows the arithmetic of one number.

const maximum = (array) => array.values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-12);

// A heat map with one column for each character of the window. rowName(r): what its rows are.
// explain(t, r): the arithmetic of one number, shown while the mouse is over it. rowSymbol(r): a
// short label. marked: the [t, r] that are outlined.
const overWindow = (data, title, array, options) => {
  const { rowName, explain, scale = maximum(array), say, marked, rowSymbol } = options;
  const figure = element("figure", rowSymbol ? "map labeled" : "map");
  const canvas = element("canvas");
  const T = data.inputs.length;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${title}: ${array.columns} rows, ${T} columns`);
  paint(canvas, array.columns, T, (r, t) => at(array, t, r) / scale);
  const holder = element("div", "holder");
  holder.append(canvas);
  (marked ?? []).forEach(([t, r]) => {
    const mark = element("i", "mark");
    Object.assign(mark.style, {
      left: `${(100 * t) / T}%`,
      top: `${(100 * r) / array.columns}%`,
      width: `${100 / T}%`,
      height: `${100 / array.columns}%`,
    });
    holder.append(mark);
  });
  const letters = element("div", "letters");
  letters.append(...data.inputs.map((id) => element("span", "", data.symbols[id])));
  letters.style.setProperty("--columns", T);
  holder.onpointermove = holder.onpointerdown = (event) => {
    const [r, t] = cellUnder(canvas, event);
    say(`t = ${t} (${data.names[data.inputs[t]]}), ${rowName(r)}: ${explain(t, r)}`);
  };
  if (rowSymbol) {
    const symbols = element("div", "rows");
    const rows = Array.from({ length: array.columns }, (_, r) => element("span", "", rowSymbol(r)));
    symbols.append(...rows);
    holder.append(symbols);
  }
  figure.append(element("figcaption", "", title), holder, letters);
  return figure;
};

const shapeOf = ({ shape }) => shape.map((n) => n.toLocaleString("en-US")).join(" × ");

// The five arrays at one stage: a corner of each as a heat map, its name, shape and a figure.
// of(array): where the numbers of the stage are. signedStage: whether they can be below zero.
const fiveArrays = (data, stage, options) => {
  const { figureOf, explain, say, scaleOf = maximum, signedStage = true, of = (a) => a } = options;
  const holder = element("div", "arrays");
  for (const array of data.arrays) {
    const numbers = decode(of(array)[stage]);
    const figure = element("figure", array.shape.length === 1 ? "array narrow" : "array");
    const caption = element("figcaption");
    caption.append(element("b", "", array.name), ` ${shapeOf(array)}`);
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${array.name}, ${shapeOf(array)}: ${figureOf(array)}`);
    const scale = scaleOf(numbers);
    paint(canvas, numbers.rows, numbers.columns, (r, c) => {
      const v = at(numbers, r, c);
      return signedStage ? v / scale : Math.sqrt(v / scale);
    });
    canvas.onpointermove = canvas.onpointerdown = (event) => {
      const [r, c] = cellUnder(canvas, event);
      const place = array.shape.length === 1 ? `${r}` : `${r}, ${c}`;
      say(`${array.name}[${place}]: ${explain(array, r, c)}`);
    };
    figure.append(caption, canvas, element("small", "", figureOf(array)));
    figure.title = array.meaning;
    holder.append(figure);
  }
  return holder;
};
const cell = (array, stage, r, c) => at(decode(array[stage]), r, c);

const bars = (data, title, values, { label, explain, say }) => {
  const figure = element("figure", "map");
  const holder = element("div", "columns");
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", label);
  const most = maximum(values);
  values.values.forEach((value, t) => {
    const column = element("i");
    column.style.height = `${(100 * value) / most}%`;
    column.title = explain(t);
    const slot = element("span");
    slot.append(column);
    slot.onpointermove = slot.onpointerdown = () => say(explain(t));
    holder.append(slot);
  });
  const letters = element("div", "letters");
  letters.append(...data.targets.map((id) => element("span", "", data.symbols[id])));
  holder.style.setProperty("--columns", values.rows);
  letters.style.setProperty("--columns", values.rows);
  figure.append(element("figcaption", "", title), holder, letters);
  return figure;
};

const windowPicture = (data, say) => {
  const holder = element("div", "pairs");
  data.inputs.forEach((input, t) => {
    const target = data.targets[t];
    const pair = element("div");
    pair.append(
      element("b", "", data.symbols[input]),
      element("small", "", input),
      element("b", "target", data.symbols[target]),
      element("small", "", target)
    );
    const words = `t = ${t}: reads ${data.names[input]} (${input}), has to predict ${data.names[target]} (${target})`;
    pair.title = words;
    pair.onpointermove = pair.onpointerdown = () => say(words);
    holder.append(pair);
  });
  const legend = element("div", "legend");
  legend.append(element("span", "", "reads"), element("span", "", "predicts"));
  const row = element("div", "reads-predicts");
  row.append(legend, holder);
  return row;
};

const oneHot = (data) => {
  const values = new Float32Array(data.inputs.length * data.rows.length);
  data.inputs.forEach((id, t) => {
    const r = data.rows.indexOf(id);
    if (r >= 0) values[t * data.rows.length + r] = 1;
  });
  return { values, rows: data.inputs.length, columns: data.rows.length };
};
