// What make_state in state.py tells the player; the docstring of player.py says what each key holds.
// Read by tsc and by tests alone, and on no page.

export interface State {
  title: string;
  alt: string;
  image: Image;
  columns: Columns;
  rows: Rows;
  frequency: Frequency;
  color: Color;
  patches: Carving;
  known: Known | null;
  audio: Sound | null;
  options: Options;
}

export interface Image {
  type: string;
  width: number;
  height: number;
}

export interface Columns {
  count: number;
  step: number;
  note: string;
  start: number;
  duration: number;
}

export interface Rows {
  positions: number[] | null;
  values: number[];
  unit: string;
  names: string[] | null;
}

export interface Frequency {
  label: string;
  ticks: [number, string][];
}

export interface Color {
  palette: string;
  first: number;
  last: number;
  bad: boolean;
  vmin: number;
  vmax: number;
  label: string;
  unit: string;
  values: number[] | null;
  ticks: [number, string][];
}

export interface Carving {
  count: number;
  length: number;
  hop: number;
  starts: number[] | null;
  numbers: number[] | null;
  items: string[] | null;
  last: number;
  tail: number;
  padded: number;
  filled: number[] | null;
}

export interface Known {
  classes: [string, string, string, number[], number][];
  labels: number[][];
  scores: [number, string][];
  threshold: number | null;
  overlapping: string;
  note: string;
  top: string | null;
  groups: [string, string, string, number[][]][];
  stops: number[];
}

export interface Sound {
  start: number;
}

export interface Options {
  index: number;
  loop: boolean;
  speed: number;
  time: "recording" | "patch";
  autoplay: boolean;
}
