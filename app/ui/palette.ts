// The colours of classes: told apart by most eyes, each with a pair for light and dark in styles/tokens.css
// (`--class-0` …). A class is never known by its colour alone: its name or number stands beside it.

/** How many there are; further classes start again. */
export const CLASS_COLOURS = 10;

/** CSS value of a class colour. */
export function classColour(colour: number): string {
  return `var(--class-${((colour % CLASS_COLOURS) + CLASS_COLOURS) % CLASS_COLOURS})`;
}
