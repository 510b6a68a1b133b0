// The sample pictures: one of each garment of Fashion-MNIST's test set, white on black as all of that set.
import type { Sample } from './ui/predictor.ts';

const URLS = import.meta.glob<string>(
  [
    '../tests/data/fashion-mnist/test/ankle-boot/00028.png',
    '../tests/data/fashion-mnist/test/bag/00030.png',
    '../tests/data/fashion-mnist/test/coat/00010.png',
    '../tests/data/fashion-mnist/test/dress/00013.png',
    '../tests/data/fashion-mnist/test/pullover/00001.png',
    '../tests/data/fashion-mnist/test/sandal/00082.png',
    '../tests/data/fashion-mnist/test/shirt/00007.png',
    '../tests/data/fashion-mnist/test/sneaker/00022.png',
    '../tests/data/fashion-mnist/test/t-shirt/00035.png',
    '../tests/data/fashion-mnist/test/trouser/00002.png',
  ],
  { query: '?url', import: 'default', eager: true },
);

/** One a class, named by it. */
export const SAMPLES: readonly Sample[] = Object.entries(URLS).map(([path, url]) => ({
  name: path.split('/').at(-2)?.replaceAll('-', ' ') ?? '',
  url,
}));
