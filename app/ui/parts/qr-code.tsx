// A QR code, dark on white whatever the theme, as a path of SVG. The encoder is fetched when the first one is shown.
import { useEffect, useState } from 'preact/hooks';

export function QrCode({
  value,
  label,
}: {
  readonly value: string;
  /** What it stands for, for those who do not see it. */
  readonly label: string;
}) {
  const [code, setCode] = useState<{ readonly size: number; readonly path: string } | null>(null);
  useEffect(() => {
    let wanted = true;
    void import('uqr').then(({ encode }) => {
      const { size, data } = encode(value, { ecc: 'M', border: 4 });
      if (wanted) setCode({ size, path: pathOf(data) });
    });
    return () => {
      wanted = false;
    };
  }, [value]);
  const size = code?.size ?? 33;
  return (
    <svg
      class="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      {code && <path d={code.path} fill="#000" />}
    </svg>
  );
}

/** A square of 1 for each dark module. */
function pathOf(data: readonly (readonly boolean[])[]): string {
  return data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
}
