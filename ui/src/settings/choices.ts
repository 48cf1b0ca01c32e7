/** Any number of a few. All of them is the empty list, so that what comes to be later is among them. */

export function isChosen<Value>(chosen: readonly Value[], value: Value): boolean {
  return chosen.length === 0 || chosen.includes(value);
}

/** The list after one was turned on or off. The last one stays on: there is a switch for none at all. */
export function turned<Value>(
  options: readonly Value[],
  chosen: readonly Value[],
  value: Value,
  on: boolean,
): Value[] {
  const now = options.filter((option) => (option === value ? on : isChosen(chosen, option)));
  if (now.length === 0) return [value];
  return now.length === options.length ? [] : now;
}
