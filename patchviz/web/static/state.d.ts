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
  view: Seen;
  known: Known | null;
  audio: Sound | null;
  options: Options;
  elsewhere?: boolean; // one goes on to stops of other recordings
}

export interface Image {
  type: string;
  width: number;
  height: number;
  reduce: "max" | "mean" | "median";
}

export interface Columns {
  count: number;
  step: number;
  note: string;
  start: number;
  duration: number;
  clock: Clock | null;
  longest?: number; // s: the time furthest from 0, where these are a part of a recording
}

export interface Clock {
  date: string;
  zero: number;
  zone: string;
  dated: boolean;
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
  channels: [number, string][];
  scale: string;
  limits: [number, number];
  unit: number;
}

export interface Seen {
  time: [number, number] | null;
  stretch: [number, number] | null;
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
  mean: Mean | null;
  ticks: [number, string][];
}

export interface Mean {
  of: number[];
  edges: number[];
  first: number;
}

export interface Carving {
  count: number;
  length: number;
  hop: number;
  starts: number[] | null;
  asked: [number, number][] | null;
  numbers: number[] | null;
  items: string[] | null;
  last: number;
  tail: number;
  padded: number;
  beyond: number;
  filled: number[] | null;
}

export interface Known {
  classes: [string, string, string, number[], number][];
  labels: [number, number, number, number?, number?, (number | null)?, (number | null)?][];
  scores: [number, string][];
  threshold: number | null;
  range: [number, number];
  overlapping: string;
  shown: number;
  scored: number;
  top: string | null;
  wide: boolean;
  truth: [number[][], string] | null;
  groups: [string, string, string, number[][]][];
  stops: number[];
  follow: boolean;
  // Whether labels say what they are, and whether scores do, as some class is a number.
  named: boolean;
  numbers: boolean;
}

export interface Sound {
  start: number;
  rate: number;
  stretch: number;
}

export interface Options {
  index: number;
  stop: "event" | "mistake" | "stop";
  loop: boolean;
  speed: number;
  pitch: "expand" | "keep";
  gain: number;
  time: "recording" | "patch";
  autoplay: boolean;
  height: number | null;
}

// What web/sheet.py tells a sheet; its recordings are those of players.
export interface SheetState {
  title: string;
  key: string; // what its patches are: picks of the same are kept
  files: (string | string[])[]; // of the recordings, or of the items of a batch
  called: string[]; // the same, as short as tells them apart; empty where that goes without saying
  starts: number[]; // how many patches there are before each recording that has tiles
  tiles: number[] | null; // which patches, counted through all recordings, or null for all
  times: [number, number][] | null; // when each tile starts and ends, as tables have it, or null: by its frames
  numbers: number[] | null; // what each tile is called among all recordings, or null for its number in its own
  scores: [string, string][]; // of classes: a float32 for each tile, base64
  said: string; // the score that each tile says, float32, base64; empty where none are shown
  unlisted: number; // classes with scores that are not among these
  of: string | null; // the class whose score tiles are sorted by at first, if one was asked for
  names: [string, string, string, number][]; // that patches can be given, their colours on dark and on light, and how often these came before
  decided: [number, string][];
  begin?: [number, string][]; // what was decided at first, in a notebook, whatever it is by now
  heard: number[];
  height: number | null; // px
}
