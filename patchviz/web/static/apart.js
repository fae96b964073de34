// What is written of names where there is little room, so that they are told apart, as in figures
// (plot/apart.py).

// Returns as much of each name as fits, its beginning and its end; without what it begins with where
// others, which begin with the same, would be written alike.
/** @param {string[]} names @param {(text: string) => boolean} fits */
function toldApart(names, fits) {
  const letters = names.map((name) => [...name]);
  const short = letters.map((name) => middleCut(name, fits));
  return letters.map((name, k) => {
    const alike = letters.filter((_, other) => short[other] === short[k] && names[other] !== names[k]);
    if (!alike.length) return short[k];
    let begin = 0;
    while (name[begin + 1] && alike.every((one) => one[begin + 1] && one[begin] === name[begin])) begin++;
    return middleCut(["…", ...name.slice(begin)], fits);
  });
}

// Of many letters no more than have room anywhere.
/** @param {string[]} letters @param {(text: string) => boolean} fits */
function middleCut(letters, fits) {
  let short = letters.join("");
  for (let kept = Math.min(letters.length, 200); kept-- && !fits(short); ) {
    short = letters.toSpliced(kept / 2, letters.length - kept, "…").join("");
  }
  return short;
}

export { toldApart };
