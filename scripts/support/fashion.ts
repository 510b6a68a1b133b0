// The committed images of Fashion-MNIST, as files: ten classes of garments, 28x28 px.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'tests/data/fashion-mnist';
/** In the order of the original labels 0 to 9. */
export const GARMENTS = [
  't-shirt',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle-boot',
] as const;
/** A test image for the line that npm start prints. */
export const SAMPLE = `${FOLDER}/test/ankle-boot/00000.png`;

export interface LabelledImage {
  readonly path: string;
  /** Index into GARMENTS. */
  readonly label: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The first `perClass` images of each class, class by class. */
export function readGarments(split: 'train' | 'test', perClass: number): readonly LabelledImage[] {
  return GARMENTS.flatMap((garment, label) => {
    const folder = join(FOLDER, split, garment);
    return readdirSync(folder)
      .sort()
      .slice(0, perClass)
      .map((file) => ({
        path: join(folder, file),
        label,
        bytes: new Uint8Array(readFileSync(join(folder, file))),
      }));
  });
}
