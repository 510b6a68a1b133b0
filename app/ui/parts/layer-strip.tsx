// One figure of every layer of the trunk as a strip of bars, the input on the left: upwards, and another one downwards
// or as marks to compare with. Each direction has its own scale, up to its greatest.

/** Height above, and below, the line in the strip's own units; the width is one unit a layer. */
const HEIGHT = 50;
/** What is not zero can be seen. */
const LEAST_HEIGHT = 2;

export function LayerStrip({
  label,
  up,
  down,
  marks,
}: {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly up: readonly number[];
  readonly down?: readonly number[];
  /** On the scale of `up`. */
  readonly marks?: readonly number[];
}) {
  const most = Math.max(...up, ...(marks ?? []));
  const bottom = down === undefined ? 2 : HEIGHT;
  return (
    <svg
      class="layer-strip"
      viewBox={`0 ${-HEIGHT} ${Math.max(up.length, 1)} ${HEIGHT + bottom}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <Bars values={up} most={most} side="up" />
      {down && <Bars values={down} most={Math.max(...down)} side="down" />}
      {marks?.map((value, i) => {
        const y = -heightOf(value, most);
        return <line key={i} class="mark" x1={i} x2={i + 1} y1={y} y2={y} />;
      })}
      <line class="axis" x1={0} x2={up.length} y1={0} y2={0} />
    </svg>
  );
}

function Bars({
  values,
  most,
  side,
}: {
  readonly values: readonly number[];
  readonly most: number;
  readonly side: 'up' | 'down';
}) {
  return values.map((value, i) => {
    const height = heightOf(value, most);
    return height === 0 ? null : (
      <rect key={i} class={side} x={i + 0.15} y={side === 'up' ? -height : 0} width={0.7} height={height} />
    );
  });
}

function heightOf(value: number, most: number): number {
  return value === 0 || most === 0 ? 0 : Math.max((value / most) * HEIGHT, LEAST_HEIGHT);
}
