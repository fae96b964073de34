// Who is told of what: functions by the type of what they want to hear.

class Events {
  /** @type {Map<string, Set<(...values: any[]) => unknown>>} */
  #listeners = new Map();

  // Calls f(...values) on a type from now on. Returns what stops it.
  /** @param {string} type @param {(...values: any[]) => unknown} f */
  on(type, f) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(f));
    return () => listeners.delete(f);
  }

  /** @param {string} type @param {unknown[]} values */
  emit(type, ...values) {
    for (const f of [...(this.#listeners.get(type) ?? [])]) f(...values);
  }

  clear() {
    this.#listeners.clear();
  }
}

export { Events };
