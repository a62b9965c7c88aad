// The last three minutes as lines.

import uPlot from './uplot/uPlot.esm.js';
import { byId, clock, rate, span } from './format.js';

const SECONDS = 180;
const times = [];
const columns = { tokens_per_second: [], ttft_ms_p50: [], ttft_ms_p99: [], itl_ms_p50: [], itl_ms_p99: [] };
const LATENCIES = ['ttft_ms_p50', 'ttft_ms_p99', 'itl_ms_p50', 'itl_ms_p99'];
let plots = [];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The last minutes, whether anything was measured in all of them or not. */
function lastMinutes() {
  const end = times.length ? times[times.length - 1] : Date.now() / 1000;
  return [end - SECONDS, end];
}

/** Whole decades around what there is. */
function decades(_, min, max) {
  if (min == null || max == null || !(min > 0)) return [1, 1000];
  const low = Math.floor(Math.log10(min));
  const high = Math.max(low + 1, Math.ceil(Math.log10(max)));
  return [10 ** low, 10 ** high];
}

/** The decades in sight, and nothing between: a line for each ninth of them would be all that one sees. */
function powers(_, axis, min, max) {
  const splits = [];
  for (let power = Math.ceil(Math.log10(min) - 1e-9); power <= Math.log10(max) + 1e-9; power++) splits.push(10 ** power);
  return splits;
}

function axes(formatValue, splits) {
  const common = {
    stroke: colour('--soft'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return [
    { ...common, grid: { show: false }, size: 22, space: 72, values: (_, all) => all.map((at) => clock(at * 1000)) },
    { ...common, ...splits, size: 52, space: 34, values: (_, all) => all.map((value) => (value == null ? '' : formatValue(value))) },
  ];
}

function plot(id, series, scale, axis, data) {
  const place = byId(id);
  const made = new uPlot({
    width: Math.max(200, place.clientWidth),
    height: 132,
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false },
    scales: { x: { time: true, range: lastMinutes }, y: scale },
    axes: axes(axis.show, axis.splits && { splits: axis.splits, filter: (_, all) => all }),
    series: [{}, ...series.map((one) => ({ width: 1.5, points: { show: false }, spanGaps: false, ...one }))],
  }, data(), place);
  return { made, place, data };
}

const tokens = () => [times, columns.tokens_per_second];
const latencies = () => [times, ...LATENCIES.map((name) => columns[name])];

function draw() {
  for (const { made } of plots) made.destroy();
  const accent = colour('--accent');
  const ink = colour('--ink');
  plots = [
    plot('plot-tokens', [{ stroke: accent, fill: colour('--accent-soft') }],
      { range: (_, min, max) => [0, Math.max(10, (max ?? 0) * 1.15)] }, { show: rate }, tokens),
    plot('plot-latency', [
      { stroke: accent }, { stroke: accent, dash: [4, 4], width: 1 },
      { stroke: ink }, { stroke: ink, dash: [4, 4], width: 1 },
    ], { distr: 3, range: decades }, { show: span, splits: powers }, latencies),
  ];
}

function add(pace) {
  times.push(pace.time / 1000);
  for (const name of Object.keys(columns)) columns[name].push(pace[name]);
  if (times.length > SECONDS + 20) {
    times.shift();
    for (const column of Object.values(columns)) column.shift();
  }
}

/** Begins anew with what was measured before. */
export function restart(history) {
  times.length = 0;
  for (const column of Object.values(columns)) column.length = 0;
  history.forEach(add);
  if (!plots.length) draw();
  show();
}

/** Adds what is measured now, a point a second. */
export function onPace(pace) {
  if (!pace || (times.length && pace.time / 1000 - times[times.length - 1] < 0.9)) return;
  add(pace);
  show();
}

function show() {
  for (const { made, place, data } of plots) {
    if (place.clientWidth) made.setData(data());
  }
}

new ResizeObserver(() => {
  for (const { made, place } of plots) {
    if (place.clientWidth && place.clientWidth !== made.width) made.setSize({ width: place.clientWidth, height: 132 });
  }
  show();
}).observe(byId('plot-tokens'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
