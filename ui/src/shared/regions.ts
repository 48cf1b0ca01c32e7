/** F6 leads from one part of the window to the next, as in other programs, however many controls lie between. */

const REGIONS =
  '.window nav, .window main, .window .strip:not(.folded, .empty), .window aside, .window > footer';
const CONTROLS =
  'button:not(:disabled), input:not(:disabled), select, a[href], [tabindex]:not([tabindex="-1"], [role="separator"])';

/** Focuses the next region, or the one before it with -1. False where there is none to go to, or a dialog is open. */
export function stepRegion(by: 1 | -1): boolean {
  if (document.querySelector('dialog[open]')) return false;
  const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)].filter((region) => target(region));
  const at = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions.at((at + by + (at < 0 && by < 0 ? 1 : 0)) % regions.length);
  const to = next && target(next);
  to?.focus();
  return to !== undefined;
}

/** Where one goes on in a region: its list, its chosen entry, or its first control. */
function target(region: HTMLElement): HTMLElement | undefined {
  const wanted = [
    '[role="listbox"][tabindex="0"]',
    '[aria-current]',
    '[role="slider"]',
    '[role="tab"][tabindex="0"]',
    CONTROLS,
  ];
  for (const selector of wanted) {
    const found = [...region.querySelectorAll<HTMLElement>(selector)].find((control) =>
      control.checkVisibility({ visibilityProperty: true }),
    );
    if (found) return found;
  }
  return undefined;
}
