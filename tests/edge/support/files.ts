// Golden files inside workerd, where there is no file system: Vite puts them into the test's code.

const FOLDER = '../../golden/image/';
const images = import.meta.glob<string>('../../golden/image/*.{jpg,png,webp,gif}', {
  query: '?inline',
  import: 'default',
  eager: true,
});
const texts = import.meta.glob<string>('../../golden/image/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Bytes of a file of `tests/golden/image`. */
export async function goldenImage(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = texts[FOLDER + name];
  if (text !== undefined) return new Uint8Array(new TextEncoder().encode(text));
  const inlined = images[FOLDER + name];
  if (inlined === undefined) throw new Error(`There is no tests/golden/image/${name}.`);
  return Uint8Array.from(atob(inlined.slice(inlined.indexOf(',') + 1)), (char) => char.charCodeAt(0));
}
